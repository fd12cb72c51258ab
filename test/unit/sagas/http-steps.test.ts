import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { httpSteps } from '../../../functions/sagas/adapters/http-steps.ts';
import { CircuitBreaker } from '../../../functions/shared/platform/breaker/circuit-breaker.ts';
import { callHttpService } from '../../../functions/shared/platform/outgoing/http-service.ts';
import type { RunContext } from '../../../functions/shared/platform/sagas/saga-service.ts';
import { LATER } from '../../../functions/shared/platform/sagas/saga-service.ts';
import { operationOf } from '../../../functions/shared/platform/sagas/step-call.ts';
import type { StepKey } from '../../../functions/shared/platform/sagas/step-tokens.ts';
import { MemoryServiceStore } from '../../support/breaker/memory-service-store.ts';
import { playedClock } from '../../support/breaker/played-clock.ts';
import { registrationOf } from '../../support/breaker/registrations.ts';
import { VirtualClock } from '../../support/delivery/virtual-clock.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import { request } from '../../support/outgoing/billing-calls.ts';
import type { Behaviour } from '../../support/outgoing/fault-server.ts';
import { answer, faultServer, json } from '../../support/outgoing/fault-server.ts';
import { completionApi, DONE, tokenOf } from '../../support/sagas/completion-api.ts';
import { SAGA_ID, tripSaga } from '../../support/sagas/saga-samples.ts';
import { sagaProcess, sagaWorld, startTrip, storyOf } from '../../support/sagas/saga-world.ts';

captureLogLines();
const ADDRESS = 'https://api.example/api/v1/completions/';
const completeUrl = async ({ run, stepId }: StepKey) => `${ADDRESS}${tokenOf(run, stepId)}`;
const step = { sagaId: SAGA_ID, stepId: 'flight', run: 1 };

let store: MemoryServiceStore;
let steps: ReturnType<typeof httpSteps>;
beforeEach(() => {
  store = new MemoryServiceStore();
  const breaker = new CircuitBreaker({ store, clock: playedClock(new VirtualClock()), instance: 'here' });
  // Its clock stands still, so what it once knew of a service it knows for good.
  steps = httpSteps({ store, breaker, completeUrl, call: (one) => callHttpService({ ...one, request }) });
});
afterEach(() => {
  vi.useRealTimers();
});

async function service(behaviour: Behaviour) {
  const server = await faultServer(behaviour);
  store.register({ ...registrationOf('billing', {}), endpoint: server.origin });
  return server;
}
const run = (context: Partial<RunContext> = {}, input = {}) =>
  operationOf(steps, 'book', 'billing').run(input, {
    ...{ ...step, correlationId: 'corr_1', timeoutMs: 5000, signal: new AbortController().signal },
    ...context,
  });
const NO_OBJECT = {
  code: 'SERVICE_ERROR',
  message: "Operation book of service billing failed: a step's result must be an object.",
  retryable: false,
  details: { service: 'billing', operation: 'book' },
};

describe('a step', () => {
  it('calls the operation of its service', async () => {
    const { requests } = await service(json({ seat: 1 }));
    expect(await run({}, { city: 'Ж' })).toEqual({ seat: 1 });
    expect(requests).toMatchObject([{ url: '/book', body: '{"city":"Ж"}', headers: { 'x-correlation-id': 'corr_1' } }]);
  });

  it.each([
    ['a first run', {}, `${SAGA_ID}:flight:1`],
    ['a run after a resume', { run: 3 }, `${SAGA_ID}:flight:3`],
    ['an undo', { undoes: true }, `${SAGA_ID}:flight:1:undo`],
    ['an undo after a resume', { run: 3, undoes: true }, `${SAGA_ID}:flight:3:undo`],
    ['another step', { stepId: 'hotel' }, `${SAGA_ID}:hotel:1`],
  ])('is one call however often it is made: %s', async (_, context, key) => {
    const { requests } = await service(json({}));
    for (const timeoutMs of [4000, 5000]) await run({ ...context, timeoutMs });
    expect(requests.map(({ headers }) => headers['idempotency-key'])).toEqual([key, key]);
  });

  it('says where its result may be brought later', async () => {
    const { requests } = await service(answer(202));
    expect(await run({ run: 2 })).toBe(LATER);
    expect(requests[0]?.headers['x-maos-complete-url']).toBe(`${ADDRESS}${tokenOf(2)}`);
  });

  it.each([[{ gone: true }], [true], ['ok'], [[]]])(
    'that undoes another is over when its call is: %j',
    async (said) => {
      const { requests } = await service(json(said, 202));
      expect(await run({ undoes: true })).toEqual({});
      expect(requests[0]?.headers).not.toHaveProperty('x-maos-complete-url');
    },
  );

  it.each([
    ['null', json(null)],
    ['204', answer(204)],
  ])('gives nothing for %s', async (_, behaviour) => {
    await service(behaviour);
    expect(await run()).toEqual({});
  });

  it.each([[[]], [[{}]], ['ok'], [0], [true], [false]])('has no result but an object: not %j', async (given) => {
    await service(json(given));
    await expect(run()).rejects.toMatchObject(NO_OBJECT);
  });

  const said = { code: 'FULL', message: 'There is no seat.' };
  it.each([
    ['what its service said', 409, said, false, ' It said: FULL There is no seat.'],
    ['a code alone', 503, { code: 'DOWN' }, true, ' It said: DOWN'],
    ['nothing else where that said none', 503, {}, true, ''],
  ] as const)('fails as the call does, with %s', async (...[, status, body, retryable, words]) => {
    await service(json(body, status));
    const message = `Operation book of service billing failed: it answered with status ${status}.${words}`;
    const details = { service: 'billing', operation: 'book', httpStatus: status, ...body };
    await expect(run()).rejects.toMatchObject({ code: 'SERVICE_ERROR', message, retryable, details });
  });
});

describe('the service of a step', () => {
  it('that nobody registered is not found', async () => {
    await expect(run()).rejects.toMatchObject({ code: 'SERVICE_NOT_FOUND', message: 'There is no service billing.' });
  });

  it('is found where it was registered a moment ago', async () => {
    await expect(run()).rejects.toMatchObject({ code: 'SERVICE_NOT_FOUND' });
    await service(json({ seat: 1 }));
    expect(await run()).toEqual({ seat: 1 });
  });

  it('is not asked for again where it is known', async () => {
    await service(json({}));
    for (let call = 0; call < 3; call += 1) await run();
    expect(store.served.of('find')).toBe(1);
  });
});

describe('a saga whose step is answered later', () => {
  it('goes on with what is brought to the address that came with the call', async () => {
    const world = sagaWorld();
    const { requests } = await service(answer(202));
    const [flight, ...others] = tripSaga.steps as [(typeof tripSaga.steps)[0]];
    const definition = { ...tripSaga, steps: [{ ...flight, service: 'billing' }, ...others] };
    await startTrip(world, definition, 'shape-1');
    const { run, ports } = sagaProcess(world, steps);
    await run('flight');
    expect(await ports.tokens.get(step)).toEqual({ token: 'token-flight', later: true });
    const url = String(requests[0]?.headers['x-maos-complete-url']);
    expect(await completionApi(ports)(DONE, url.slice(ADDRESS.length))).toMatchObject({ status: 204 });
    expect((await storyOf(world)).at(-1)).toBe('SagaStepCompleted flight');
    expect(world.answered).toEqual(['ok token-flight']);
  });
});
