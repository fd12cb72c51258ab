import { beforeEach, describe, expect, it, vi } from 'vitest';
import { LATER, ServiceRefusal } from '../../../functions/shared/platform/sagas/saga-service.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import { completionApi, DONE, FAILED, NO_SEAT } from '../../support/sagas/completion-api.ts';
import { SAGA_ID, tripSaga } from '../../support/sagas/saga-samples.ts';
import type { SagaWorld } from '../../support/sagas/saga-world.ts';
import {
  bookingService,
  eventsOf,
  sagaProcess,
  sagaWorld,
  startTrip,
  storyOf,
} from '../../support/sagas/saga-world.ts';

const logs = captureLogLines();

let world: SagaWorld;
let trip: ReturnType<typeof sagaProcess>;
let complete: ReturnType<typeof completionApi>;
beforeEach(async () => {
  world = sagaWorld();
  await startTrip(world, tripSaga, 'shape-1');
  trip = sagaProcess(world, bookingService(async () => LATER).service);
  complete = completionApi(trip.ports);
});

const lastEvent = async () => (await eventsOf(world)).at(-1);

describe('the completion of a step', () => {
  it('is recorded, and its machine goes on', async () => {
    await trip.run('flight');
    expect(await complete(DONE)).toMatchObject({ status: 204, bytes: 0 });
    const { result } = DONE;
    expect(await lastEvent()).toEqual({ type: 'SagaStepCompleted', data: { stepId: 'flight', result } });
    expect(world.answered).toEqual(['ok token-flight']);
  });

  it('may have no result', async () => {
    await trip.run('flight');
    expect((await complete({ status: 'completed' })).status).toBe(204);
    expect(await lastEvent()).toMatchObject({ type: 'SagaStepCompleted', data: { result: {} } });
  });

  it('belongs to the story of its saga', async () => {
    await trip.run('flight');
    await complete(DONE);
    const { commits } = await world.log.load(SAGA_ID);
    expect(commits.at(-1)?.metadata).toMatchObject({ correlationId: 'corr_1', causationId: `${SAGA_ID}-2` });
  });

  it('that says that it failed turns the machine back', async () => {
    await trip.run('flight');
    expect((await complete(FAILED)).status).toBe(204);
    const data = { stepId: 'flight', error: NO_SEAT };
    expect(await lastEvent()).toEqual({ type: 'SagaStepFailed', data });
    expect(world.answered).toEqual(['STEP_FAILED token-flight']);
  });

  it('with a result of more than 64 KB fails the step', async () => {
    await trip.run('flight');
    expect((await complete({ status: 'completed', result: { text: 'x'.repeat(64 * 1024) } })).status).toBe(204);
    const data = { stepId: 'flight', error: { code: 'RESULT_TOO_LARGE' } };
    expect(await lastEvent()).toMatchObject({ type: 'SagaStepFailed', data });
    expect(world.answered).toEqual(['STEP_FAILED token-flight']);
  });

  it('is kept where the saga is to end, and turns the machine back', async () => {
    await trip.run('flight');
    await trip.ports.sagas.record(SAGA_ID, 'CancelSaga', { reason: 'It rains.' });
    expect((await complete(DONE)).status).toBe(204);
    expect((await storyOf(world)).at(-1)).toBe('SagaStepCompleted flight');
    expect(world.answered).toEqual(['STEP_FAILED token-flight']);
  });

  it('may come before the step is noted as waiting', async () => {
    const { markLater } = trip.ports.tokens;
    let reply = await complete(DONE);
    trip.ports.tokens.markLater = async (step) => {
      reply = await complete(DONE);
      await markLater(step);
    };
    await trip.run('flight');
    expect([reply.status, (await storyOf(world)).at(-1)]).toEqual([204, 'SagaStepCompleted flight']);
    expect(new Set(world.answered)).toEqual(new Set(['ok token-flight']));
  });
});

describe('a completion that comes twice', () => {
  it.each([
    [DONE, DONE, 'ok'],
    [DONE, FAILED, 'ok'],
    [FAILED, DONE, 'STEP_FAILED'],
    [FAILED, FAILED, 'STEP_FAILED'],
  ])('is refused, and the machine hears the first once more: %j, then %j', async (first, second, answer) => {
    await trip.run('flight');
    await complete(first);
    const story = await storyOf(world);
    expect(await complete(second)).toMatchObject({ status: 409, code: 'CONFLICT' });
    expect(await storyOf(world)).toEqual(story);
    expect(world.answered).toEqual([`${answer} token-flight`, `${answer} token-flight`]);
  });

  it('side by side is taken once', async () => {
    await trip.run('flight');
    const replies = await Promise.all([DONE, FAILED, DONE].map((body) => complete(body)));
    expect(replies.map(({ status }) => status).sort()).toEqual([204, 409, 409]);
    expect(await storyOf(world)).toHaveLength(3);
  });

  it('wakes the machine that the first did not come to', async () => {
    await trip.run('flight');
    vi.spyOn(trip.ports.answers, 'succeed').mockRejectedValueOnce(new Error('Step Functions is away.'));
    expect((await complete(DONE)).status).toBe(500);
    expect([world.answered, logs.text()]).toEqual([[], expect.stringContaining('Step Functions is away.')]);
    expect((await complete(DONE)).status).toBe(409);
    expect(world.answered).toEqual(['ok token-flight']);
  });

  it('is refused also where the step had its answer at once', async () => {
    const refused = bookingService(() => Promise.reject(new ServiceRefusal(NO_SEAT)));
    await sagaProcess(world, refused.service).run('flight');
    expect(await complete(DONE)).toMatchObject({ status: 409, code: 'CONFLICT' });
  });
});
