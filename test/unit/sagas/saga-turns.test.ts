import { beforeEach, describe, expect, it } from 'vitest';
import type { SagaExecution } from '../../../functions/contracts/api/saga.ts';
import { sagaRoutes } from '../../../functions/contracts/api/saga.ts';
import { shapeOf } from '../../../functions/contracts/sagas/saga-shape.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import { pathsOf, SAGAS, STEP, sagaApi, TRIP } from '../../support/sagas/saga-api.ts';
import { eventsOf } from '../../support/sagas/saga-world.ts';

captureLogLines();
const error = { code: 'FULL', message: 'There is no seat.' };
const definition = { ...TRIP, steps: [STEP, { ...STEP, id: 'hotel', compensation: 'unbook' }] };

let on: ReturnType<typeof sagaApi>;
let saga: SagaExecution;
beforeEach(async () => {
  on = sagaApi();
  saga = await on.started({ definition });
});

const post = (action: string, body: object = {}) => on.call('POST', `${SAGAS}/${saga.id}/${action}`, { body });
const record = (...[type, payload]: [Parameters<typeof on.sagas.record>[1], object]) =>
  on.sagas.record(saga.id, type, payload as never);
const done = async (stepId: string) => {
  await record('StartStep', { stepId });
  await record('CompleteStep', { stepId, result: { [stepId]: true } });
};
const failedAt = async (stepId: string) => {
  await record('StartStep', { stepId });
  await record('FailStep', { stepId, error });
  await record('EndSaga', { cause: undefined });
};
const refusal = ({ status, json }: Awaited<ReturnType<typeof post>>) => [status, json.error.code];
const lastEvent = async () => (await eventsOf(on, saga.id)).at(-1);

describe('a saga that is cancelled', () => {
  it.each([
    [{ reason: 'It rains.' }, 'It rains.'],
    [{}, 'The saga was cancelled.'],
  ])('notes why, and goes on as far as its step has come: %j', async (body, reason) => {
    await record('StartStep', { stepId: 'flight' });
    const { status, json } = await post('cancel', body);
    expect([status, json.data]).toMatchObject([
      202,
      { id: saga.id, status: 'running', currentStep: 'flight', version: 3 },
    ]);
    expect(sagaRoutes.cancelSaga.answer.data.strict().parse(json.data)).toEqual(json.data);
    expect(await lastEvent()).toEqual({ type: 'SagaCancelRequested', data: { reason } });
  });

  it('is cancelled once', async () => {
    await post('cancel', { reason: 'It rains.' });
    expect((await post('cancel', { reason: 'It snows.' })).status).toBe(202);
    expect(await lastEvent()).toMatchObject({ data: { reason: 'It rains.' } });
    expect(await eventsOf(on, saga.id)).toHaveLength(2);
  });

  it.each([
    [
      'is done',
      async () => {
        for (const { id } of definition.steps) await done(id);
      },
    ],
    ['has failed', () => failedAt('flight')],
    ['turns back', () => record('StartCompensation', { cause: 'OOPS' })],
  ])('is no saga that %s', async (_, happens) => {
    await happens();
    const before = await eventsOf(on, saga.id);
    expect(refusal(await post('cancel'))).toEqual([409, 'CONFLICT']);
    expect(await eventsOf(on, saga.id)).toEqual(before);
  });

  it.each([
    [{ reason: '' }, 'reason'],
    [{ reason: 'x'.repeat(1001) }, 'reason'],
    [{ why: 'rain' }, 'why'],
  ])('has a reason that can be read: %#', async (body, path) => {
    expect(pathsOf(await post('cancel', body))).toEqual([400, 'VALIDATION_ERROR', path]);
  });
});

describe('a saga that is resumed', () => {
  it('goes on from the step that failed, under its id', async () => {
    await done('flight');
    await failedAt('hotel');
    const { status, json } = await post('resume', { input: { beds: 2 } });
    expect([status, json.data]).toMatchObject([
      202,
      { ...{ id: saga.id, status: 'running', currentStep: 'hotel' }, completedSteps: [{ stepId: 'flight' }] },
    ]);
    expect(json.data).not.toHaveProperty('error');
    expect(sagaRoutes.resumeSaga.answer.data.strict().parse(json.data)).toEqual(json.data);
    expect(await lastEvent()).toEqual({
      type: 'SagaResumed',
      data: { fromStep: 'hotel', input: { beds: 2 }, machine: shapeOf(saga.definition) },
    });
  });

  it('goes on from an earlier step, which is done again', async () => {
    await done('flight');
    await failedAt('hotel');
    const { json } = await post('resume', { fromStep: 'flight' });
    expect(json.data).toMatchObject({ currentStep: 'flight', completedSteps: [] });
    expect(await lastEvent()).toMatchObject({ data: { fromStep: 'flight', input: {} } });
  });

  it('is none that has not failed, or has steps undone before', async () => {
    expect(refusal(await post('resume'))).toEqual([409, 'RESUME_REFUSED']);
    await failedAt('flight');
    expect(refusal(await post('resume', { fromStep: 'hotel' }))).toEqual([409, 'RESUME_REFUSED']);
    expect((await post('resume')).status).toBe(202);
    expect(refusal(await post('resume'))).toEqual([409, 'RESUME_REFUSED']);
  });

  it.each([
    ['no step of it', { fromStep: 'car' }, 'fromStep'],
    ['no name of a step', { fromStep: 'a b' }, 'fromStep'],
    ['a list as input', { input: [] }, 'input'],
    ['something besides', { data: {} }, 'data'],
  ])('is not resumed with %s', async (_, body, path) => {
    await failedAt('flight');
    expect(pathsOf(await post('resume', body))).toEqual([400, 'VALIDATION_ERROR', path]);
    expect(await lastEvent()).toMatchObject({ type: 'SagaFailed' });
  });
});
