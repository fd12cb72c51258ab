import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SagaStep } from '../../../../functions/contracts/sagas/saga-definition.ts';
import { AppError } from '../../../../functions/shared/kernel/errors.ts';
import { UNTOUCHED } from '../../../../functions/shared/platform/breaker/breaker-record.ts';
import type { Guard } from '../../../../functions/shared/platform/breaker/circuit-breaker.ts';
import { LATER, ServiceRefusal } from '../../../../functions/shared/platform/sagas/saga-service.ts';
import type { Attempt } from '../../../../functions/shared/platform/sagas/step-call.ts';
import { attempt } from '../../../../functions/shared/platform/sagas/step-call.ts';
import { captureLogLines } from '../../../support/log-lines.ts';
import { tripSaga } from '../../../support/sagas/saga-samples.ts';
import { guardAgainst } from '../../../support/sagas/saga-world.ts';

vi.mock('node:timers/promises', () => import('../../../support/fake-sleep.ts'));
const logs = captureLogLines();
beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const [first] = tripSaga.steps as [SagaStep];
const stepWith = (fields: Partial<SagaStep>): SagaStep => ({ ...first, ...fields });
const FULL = new ServiceRefusal({ code: 'FULL', message: 'There is no seat.' });
const TIMEOUT = (ms: number) => ({ code: 'TIMEOUT', message: `The step flight did not finish within ${ms} ms.` });
const OURS = { code: 'INTERNAL_ERROR', message: 'The step flight failed on our side.' };

const saga = { definition: tripSaga, correlationId: 'corr' };
const OPEN_TO_ALL = guardAgainst(new Set());

/** Attempts the step, and plays the clock as long as it takes. `times`: when the service was called, in ms. */
async function attempted(
  step: SagaStep,
  call: (tried: number) => Promise<Record<string, unknown> | typeof LATER>,
  { since, guard = OPEN_TO_ALL }: { since?: string; guard?: Guard } = {},
) {
  const began = Date.now();
  const times: number[] = [];
  const ended: { outcome?: Attempt; at?: number } = {};
  const all = attempt(guard, { saga, step, operation: 'book', ...(since && { since }) }, () => {
    times.push(Date.now() - began);
    return call(times.length - 1);
  }).then((outcome) => Object.assign(ended, { outcome, at: Date.now() - began }));
  while (ended.outcome === undefined) await vi.advanceTimersToNextTimerAsync();
  await all;
  return { outcome: ended.outcome, at: ended.at, times };
}

const never = () => new Promise<never>(() => undefined);
const failing = (error: unknown) => () => Promise.reject(error);

describe('a call of a service', () => {
  it('gives its result, or that it comes later', async () => {
    expect(await attempted(stepWith({}), async () => ({ seat: 1 }))).toMatchObject({
      outcome: { result: { seat: 1 } },
      at: 0,
    });
    expect(await attempted(stepWith({}), async () => LATER)).toMatchObject({ outcome: { result: LATER } });
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([
    ["the service's own", FULL],
    ['of our family', new AppError('NOT_FOUND', 'There is no such flight.')],
  ])('passes an error on word by word that is %s, and does not try again', async (_, error) => {
    const { outcome, times } = await attempted(stepWith({ retries: 3 }), failing(error));
    expect(outcome).toEqual({ error: { code: error.code, message: error.message } });
    expect(times).toEqual([0]);
  });

  it.each([[new Error('10.0.0.7 said a secret')], ['a secret, thrown bare']])(
    'says of any other error only that it was ours, and logs the rest: %s',
    async (error) => {
      expect((await attempted(stepWith({}), failing(error))).outcome).toEqual({ error: OURS });
      expect(logs.lines()).toMatchObject([{ level: 'ERROR', message: 'A service failed', stepId: 'flight' }]);
      expect(logs.text()).toContain('secret');
    },
  );
});

describe('a call that fails', () => {
  it('is tried again as often as its step says, each time after twice the wait', async () => {
    const { outcome, times } = await attempted(stepWith({ retries: 5, timeout: 60_000 }), failing(new Error('no')));
    expect(times).toEqual([0, 1000, 3000, 7000, 15_000, 25_000]);
    expect(outcome).toEqual({ error: OURS });
  });

  it('counts as done as soon as one try does it', async () => {
    const busy = new AppError('CONFLICT', 'Somebody else was first.', { retryable: true });
    const { outcome, times } = await attempted(stepWith({ retries: 5 }), async (tried) => {
      if (tried < 2) throw busy;
      return { seat: tried };
    });
    expect([outcome, times]).toEqual([{ result: { seat: 2 } }, [0, 1000, 3000]]);
  });

  it('says what its last try said', async () => {
    const errors = [new Error('first'), FULL];
    const { outcome } = await attempted(stepWith({ retries: 5 }), async (tried) => {
      throw errors[tried];
    });
    expect(outcome).toEqual({ error: { code: 'FULL', message: 'There is no seat.' } });
  });
});

describe('the limit of a step', () => {
  it('ends a call that hangs', async () => {
    expect(await attempted(stepWith({ timeout: 250 }), never)).toMatchObject({
      outcome: { error: TIMEOUT(250) },
      at: 250,
    });
    expect(await attempted(stepWith({}), never)).toMatchObject({ outcome: { error: TIMEOUT(30_000) } });
  });

  it('is never more than that of the saga', async () => {
    const { timeout } = tripSaga;
    const { outcome } = await attempted(stepWith({ timeout: 10 * timeout }), never);
    expect(outcome).toEqual({ error: TIMEOUT(timeout) });
  });

  it('runs since the step began, however often it is called', async () => {
    const since = new Date(Date.now() - 200).toISOString();
    expect(await attempted(stepWith({ timeout: 250 }), never, { since })).toMatchObject({
      outcome: { error: TIMEOUT(250) },
      at: 50,
    });
  });

  it('covers all tries together, and none begins behind it', async () => {
    const step = stepWith({ retries: 9, timeout: 5000 });
    const { outcome, at, times } = await attempted(step, failing(new Error('no')));
    expect([outcome, at]).toEqual([{ error: TIMEOUT(5000) }, 5000]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(times).toEqual([0, 1000, 3000]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('may be days, which no timer can wait for', async () => {
    const days = { ...tripSaga, timeout: 30 * 24 * 3600 * 1000 };
    const step = stepWith({ timeout: days.timeout });
    const outcome = attempt(OPEN_TO_ALL, { saga: { ...saga, definition: days }, step, operation: 'book' }, never);
    const race = Promise.race([outcome, vi.advanceTimersByTimeAsync(800_000).then(() => 'waits')]);
    expect(await race).toBe('waits');
    await vi.advanceTimersByTimeAsync(200_000);
    expect(await outcome).toMatchObject({ error: { code: 'TIMEOUT' } });
  });
});

describe("the service's breaker", () => {
  it('refuses a call, which is no failure of the step, and no try of it', async () => {
    const step = stepWith({ retries: 3 });
    const { outcome, times } = await attempted(step, failing(FULL), { guard: guardAgainst(new Set([step.service])) });
    expect(outcome).toEqual({ refused: { code: 'SERVICE_UNAVAILABLE', message: `${step.service} is unavailable.` } });
    expect(times).toEqual([]);
  });

  it('says nothing about another that the service itself met', async () => {
    const other = new AppError('SERVICE_UNAVAILABLE', 'hotels is unavailable.', { details: { service: 'hotels' } });
    const { outcome } = await attempted(stepWith({}), failing(other));
    expect(outcome).toEqual({ error: { code: 'SERVICE_UNAVAILABLE', message: 'hotels is unavailable.' } });
  });

  it('hears of each try by its operation, of one that hangs too', async () => {
    const heard: unknown[] = [];
    const guard: Guard = {
      async call({ service, operation, correlationId, timeoutMs }, run) {
        const outcome = await run({ breaker: UNTOUCHED }).catch((error: Error) => error);
        heard.push([service, operation, correlationId, timeoutMs, (outcome as Error).name]);
        throw outcome;
      },
    };
    const step = stepWith({ retries: 1, timeout: 3000 });
    await attempted(step, (tried) => (tried === 0 ? Promise.reject(new Error('no')) : never()), { guard });
    expect(heard).toEqual([
      [step.service, 'book', 'corr', 3000, 'Error'],
      [step.service, 'book', 'corr', 2000, 'TIMEOUT'],
    ]);
  });
});
