import { beforeEach, describe, expect, it } from 'vitest';
import type { SagaExecution } from '../../../functions/contracts/api/saga.ts';
import { sagaRoutes } from '../../../functions/contracts/api/saga.ts';
import { shapeOf } from '../../../functions/contracts/sagas/saga-shape.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import { DEFINITIONS, pathsOf, SAGAS, STEP, sagaApi, TRIP, TRIP_SAID } from '../../support/sagas/saga-api.ts';
import { SAGA_ID } from '../../support/sagas/saga-samples.ts';
import { eventsOf } from '../../support/sagas/saga-world.ts';

captureLogLines();
const correlated = { headers: { 'x-correlation-id': 'corr_1' } };
const DATA = { city: 'Ж', seats: [1, { window: null }] };

let on: ReturnType<typeof sagaApi>;
beforeEach(() => {
  on = sagaApi();
});

describe('a saga with a definition of its own', () => {
  it('is started, and tells how it stands', async () => {
    const { status, json } = await on.start({ definition: TRIP, data: DATA }, correlated);
    const saga = json.data as SagaExecution;
    expect([status, saga]).toStrictEqual([
      202,
      {
        ...{ id: expect.stringMatching(/^saga_[0-9A-Z]{26}$/), definition: TRIP_SAID, status: 'running', data: DATA },
        ...{ currentStep: 'flight', completedSteps: [], compensations: [], correlationId: 'corr_1', version: 1 },
        startTime: expect.stringMatching(/Z$/),
      },
    ]);
    expect(sagaRoutes.startSaga.answer.data.strict().parse(saga)).toEqual(saga);
    expect((await on.call('GET', `${SAGAS}/${saga.id}`)).json.data).toEqual(saga);
  });

  it('is in the log with its machine and who asked for it', async () => {
    const { json } = await on.start({ definition: TRIP }, correlated);
    const { id } = json.data as SagaExecution;
    const data = { definition: TRIP_SAID, data: {}, machine: shapeOf(TRIP_SAID) };
    expect(await eventsOf(on, id)).toEqual([{ type: 'SagaStarted', data }]);
    const { commits } = await on.log.load(id);
    const cause = { correlationId: 'corr_1', causationId: 'request-1', userId: 'key_1' };
    expect(commits).toMatchObject([{ metadata: cause }]);
  });

  it('is one for one Idempotency-Key, also where it is run again', async () => {
    const key = { headers: { 'idempotency-key': 'key-1' } };
    const replies = [await on.start({ definition: TRIP }, key), await on.start({ definition: TRIP }, key)];
    const [one, two] = replies.map(({ json }) => (json.data as SagaExecution).id);
    expect(two).toBe(one);
    expect(await eventsOf(on, one)).toHaveLength(1);
    expect((await on.started()).id).not.toBe(one);
  });
});

describe('a saga by the id of its definition', () => {
  it('is what that is now, whatever becomes of it', async () => {
    await on.put(TRIP);
    const saga = await on.started({ definitionId: 'trip', data: DATA });
    expect(saga).toMatchObject({ definition: TRIP_SAID, data: DATA });
    await on.put({ ...TRIP, name: 'Another' });
    expect((await on.started({ definitionId: 'trip' })).definition.name).toBe('Another');
    await on.call('DELETE', `${DEFINITIONS}/trip`);
    expect((await on.call('GET', `${SAGAS}/${saga.id}`)).json.data).toEqual(saga);
  });

  it('is not found where that is not there', async () => {
    const { status, json } = await on.start({ definitionId: 'trip' });
    expect([status, json.error]).toMatchObject([404, { code: 'NOT_FOUND' }]);
    expect(json.error.message).toBe('There is no saga definition trip.');
  });

  it('is refused where a service of it was removed since', async () => {
    await on.definitions.put({ ...TRIP_SAID, steps: [{ ...STEP, service: 'gone', timeout: 1, retries: 0 }] });
    const refused = await on.start({ definitionId: 'trip' });
    expect(pathsOf(refused)).toEqual([400, 'VALIDATION_ERROR', 'definitionId']);
    expect(refused.json.error.details?.[0]?.message).toContain('gone');
  });

  it.each([
    [0, 202],
    [1, 413],
  ])('has at most 320 KB with its data: %i more is answered with %i', async (more, status) => {
    const input = { text: 'x'.repeat(200 * 1024) };
    const definition = { ...TRIP_SAID, steps: [{ ...STEP, input, timeout: 1, retries: 0 }] };
    await on.definitions.put(definition);
    const rest = 320 * 1024 - JSON.stringify({ definition, data: { text: '' } }).length;
    const data = { text: 'x'.repeat(rest + more) };
    expect((await on.start({ definitionId: 'trip', data })).status).toBe(status);
  });
});

describe('POST /sagas', () => {
  it.each([
    ['both', { definition: TRIP, definitionId: 'trip' }, ['definitionId']],
    ['neither', { data: {} }, ['definitionId']],
    ['no step', { definition: { ...TRIP, steps: [] } }, ['definition.steps']],
    ['an id twice', { definition: { ...TRIP, steps: [STEP, STEP] } }, ['definition.steps.1.id']],
    ['no time', { definition: { ...TRIP, timeout: 0 } }, ['definition.timeout']],
    [
      'a service that there is not, and a built-in one',
      {
        definition: {
          ...TRIP,
          steps: ['nobody', 'agent-service'].map((service) => ({ ...STEP, id: service, service })),
        },
      },
      ['definition.steps.0.service', 'definition.steps.1.service'],
    ],
    ['data that is a list', { definition: TRIP, data: [] }, ['data']],
    ['something besides', { definition: TRIP, id: SAGA_ID }, ['id']],
  ])('is refused with the path of each fault: %s', async (_, body, paths) => {
    expect(pathsOf(await on.start(body))).toEqual([400, 'VALIDATION_ERROR', ...paths]);
  });
});

describe('a saga that there is not', () => {
  it.each([
    ['GET', ''],
    ['POST', '/cancel'],
    ['POST', '/resume'],
  ])('is not found: %s %s', async (method, action) => {
    const { status, json } = await on.call(method, `${SAGAS}/${SAGA_ID}${action}`);
    expect([status, json.error]).toMatchObject([404, { code: 'NOT_FOUND', message: `There is no saga ${SAGA_ID}.` }]);
  });

  it.each(['trip', 'saga_1', SAGA_ID.toLowerCase(), SAGA_ID.replace('saga_', 'tasksaga_'), `${SAGA_ID}0`])(
    'has no other id: %s',
    async (id) => {
      expect(pathsOf(await on.call('GET', `${SAGAS}/${id}`))).toEqual([400, 'VALIDATION_ERROR', 'id']);
    },
  );
});

describe('the scope of a key', () => {
  it.each([
    ['POST', '', 'read,admin', 403],
    ['GET', '', 'write,admin', 403],
    ['GET', `/${SAGA_ID}`, 'write,admin', 403],
    ['POST', `/${SAGA_ID}/cancel`, 'read,admin', 403],
    ['POST', `/${SAGA_ID}/resume`, 'read,admin', 403],
    ['POST', '', 'write', 202],
    ['GET', '', 'read', 200],
  ])('opens %s %s: with %s %i', async (method, path, scopes, status) => {
    const body = path === '' && method === 'POST' ? { body: { definition: TRIP } } : {};
    expect((await on.call(method, `${SAGAS}${path}`, { scopes, ...body })).status).toBe(status);
  });
});
