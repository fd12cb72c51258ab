import { randomBytes } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sagaEvents } from '../../functions/contracts/events/saga-events.v1.ts';
import type { SagaDefinition } from '../../functions/contracts/sagas/saga-definition.ts';
import { dynamoEventLog } from '../../functions/shared/platform/log/dynamo-event-log.ts';
import { history } from '../../functions/shared/platform/log/stored-event.ts';
import { sagaLog } from '../../functions/shared/platform/sagas/saga-log.ts';
import { waitFor } from '../../local/process/waiting.ts';
import { output } from '../support/cloud/cloud.ts';
import { FaultCloud } from '../support/cloud/fault-cloud.ts';
import type { Behaviour } from '../support/cloud/fault-service.ts';

const definition: SagaDefinition = {
  id: 'matrix',
  name: 'Three steps that can be undone',
  timeout: 60_000,
  steps: ['a', 'b', 'c'].map((id) => {
    return { id, service: 'fault-service', action: 'step', compensation: 'undo', input: {}, timeout: 1000 };
  }),
};

let cloud: FaultCloud;
let machine: string;
const log = dynamoEventLog(DynamoDBDocumentClient.from(new DynamoDBClient({})), output('EventLogTable'));

beforeAll(async () => {
  cloud = await FaultCloud.create();
  machine = await cloud.machine(definition);
});
afterAll(() => cloud[Symbol.asyncDispose]());

interface Cell {
  script: Record<string, Behaviour>;
  /** What the service did, in order. */
  calls: string[];
  /** What the saga's history tells, without the word "Saga". */
  story: string[];
  error?: { code: string };
}

const done = (id: string) => `undo ${id} ${JSON.stringify({ [id]: 'done' })}`;
const well = (...ids: string[]) => ['Started', ...ids.flatMap((id) => [`StepStarted ${id}`, `StepCompleted ${id}`])];
const undone = (...ids: string[]) => ids.map((id) => `StepCompensated ${id}`);
const turned = (id: string) => `CompensationStarted ${id}`;
const REFUSED = { code: 'REFUSED' };
const TIMEOUT = { code: 'TIMEOUT' };

/** By hand, cell for cell: what the seed's orchestrator would do, and nothing undone that was not done. */
const MATRIX: Record<string, Cell> = {
  'every step does well': {
    script: {},
    calls: ['do a', 'do b', 'do c'],
    story: [...well('a', 'b', 'c'), 'Completed'],
  },
  'a refuses': {
    script: { a: 'refuses' },
    calls: ['clear a'],
    story: ['Started', 'StepStarted a', 'StepFailed a', turned('a'), 'Failed a'],
    error: REFUSED,
  },
  'b refuses': {
    script: { b: 'refuses' },
    calls: ['do a', 'clear b', done('a')],
    story: [...well('a'), 'StepStarted b', 'StepFailed b', turned('b'), ...undone('a'), 'Failed b'],
    error: REFUSED,
  },
  'c refuses': {
    script: { c: 'refuses' },
    calls: ['do a', 'do b', 'clear c', done('b'), done('a')],
    story: [...well('a', 'b'), 'StepStarted c', 'StepFailed c', turned('c'), ...undone('b', 'a'), 'Failed c'],
    error: REFUSED,
  },
  'a dies before its work': {
    script: { a: 'dies before' },
    calls: ['clear a'],
    story: ['Started', 'StepStarted a', turned('a'), 'Failed a'],
    error: TIMEOUT,
  },
  'b dies before its work': {
    script: { b: 'dies before' },
    calls: ['do a', 'clear b', done('a')],
    story: [...well('a'), 'StepStarted b', turned('b'), ...undone('a'), 'Failed b'],
    error: TIMEOUT,
  },
  'c dies in mid-work': {
    script: { c: 'dies in mid-work' },
    calls: ['do a', 'do b', 'do c', 'clear c', done('b'), done('a')],
    story: [...well('a', 'b'), 'StepStarted c', turned('c'), ...undone('b', 'a'), 'Failed c'],
    error: TIMEOUT,
  },
  'the token of a is lost': {
    script: { a: 'dies before it answers' },
    calls: ['do a', done('a')],
    story: [...well('a'), 'CompensationStarted null', ...undone('a'), 'Failed null'],
    error: TIMEOUT,
  },
  'the token of b is lost': {
    script: { b: 'dies before it answers' },
    calls: ['do a', 'do b', done('b'), done('a')],
    story: [...well('a', 'b'), 'CompensationStarted null', ...undone('b', 'a'), 'Failed null'],
    error: TIMEOUT,
  },
  'the token of the last is lost: the saga was done before': {
    script: { c: 'dies before it answers' },
    calls: ['do a', 'do b', 'do c'],
    story: [...well('a', 'b', 'c'), 'Completed'],
  },
  'b takes too long': {
    script: { b: 'hangs' },
    calls: ['do a', 'do b', 'clear b', done('a')],
    story: [...well('a'), 'StepStarted b', 'StepFailed b', turned('b'), ...undone('a'), 'Failed b'],
    error: TIMEOUT,
  },
  'c refuses and b cannot be undone': {
    script: { c: 'refuses', 'undo b': 'refuses' },
    calls: ['do a', 'do b', 'clear c', done('b'), done('a')],
    story: [
      ...[...well('a', 'b'), 'StepStarted c', 'StepFailed c', turned('c')],
      ...['CompensationFailed b', ...undone('a'), 'Failed c'],
    ],
    error: REFUSED,
  },
};

/** Begins the saga as its starter would, and waits for its end and for its machine's. */
async function played(script: Cell['script']) {
  const sagaId = `saga_matrix${randomBytes(8).toString('hex')}`;
  const metadata = { correlationId: sagaId, now: new Date().toISOString() };
  // Each has a breaker of its own: what one saga's service does is not held against another's.
  const service = sagaId.replace('saga_', 'fault-');
  const steps = definition.steps.map((step) => ({ ...step, service }));
  const payload = { definition: { ...definition, steps }, data: { script } };
  await sagaLog(log).handle({ id: `${sagaId}:start`, type: 'StartSaga', aggregateId: sagaId, payload, metadata });
  const execution = await cloud.start(machine, sagaId);
  const lastState = Object.keys(script).length === 0 ? 'c' : 'Saga failed';
  const ended = async () => {
    const states = await cloud.states(execution);
    const saga = await sagaLog(log).find(sagaId);
    const over = saga?.status === 'failed' || saga?.status === 'completed';
    return over && states.at(-1) === lastState ? states : undefined;
  };
  const states = await waitFor(ended, { everyMs: 250, limitMs: 45_000 });
  const events = history(sagaEvents, await log.load(sagaId));
  return { sagaId, service, states, events, calls: await cloud.calls(sagaId) };
}

describe.concurrent('a saga in which', () => {
  it.each(Object.entries(MATRIX))('%s', async (_, { script, calls, story, error }) => {
    const saga = await played(script);
    const told = saga.events.map(({ type, data }) => {
      const stepId = 'stepId' in data ? ` ${data.stepId}` : '';
      return `${type.replace('Saga', '')}${stepId}`;
    });
    expect(told).toEqual(story);
    expect(saga.calls).toEqual(calls);
    if (error !== undefined) expect(saga.events.at(-1)?.data).toMatchObject({ error });
    expect(saga.states, 'the machine has ended').toBeDefined();
  });
});

it('a compensation that failed is a dead letter, with its saga, its step and the reason', async () => {
  const { sagaId, service } = await played({ c: 'refuses', 'undo b': 'refuses' });
  const look = async () => (await cloud.letters()).find(({ message }) => String(message).includes(sagaId));
  expect(await waitFor(look, { everyMs: 200, limitMs: 20_000 })).toMatchObject({
    subscriptionId: service,
    error: 'STUCK: b stays.',
    message: JSON.stringify({ do: 'undo-again', sagaId, stepId: 'b', run: 1 }),
  });
});
