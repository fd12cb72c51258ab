import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sagaIdOf } from '../../functions/contracts/task-ids.ts';
import type { Reply } from '../support/cloud/api-client.ts';
import { ApiClient, expectGatewayRefusal, expectRefusal } from '../support/cloud/api-client.ts';
import { cloud, commitsOf, filesOf, historyOfAggregate, newKey } from '../support/cloud/cloud.ts';
import { noIam } from '../support/cloud/endpoint-facts.ts';
import type { Grant } from '../support/cloud/role-policies.ts';
import { withoutGrant } from '../support/cloud/role-policies.ts';
import { endedTask, newCorrelationId, newTask, taskFlow } from '../support/cloud/task-flow.ts';
import { isDrill } from '../support/seeds.ts';
import { skipAloud } from '../support/skip-aloud.ts';

const api = new ApiClient(cloud.apiKey);
const ungoverned = await noIam();
const SIMPLE_TASK = { type: 'simple_task', description: 'Whatever may be done' };

beforeEach((context) => skipAloud(context, ungoverned));

/** The flow that the end-to-end tests go, told in one line: `ok`, or the first step that failed. */
function outcomeOfFlow(): Promise<string> {
  return taskFlow(api, newCorrelationId()).then(
    () => 'ok',
    (error: Error) => error.message,
  );
}

/** No name, address or error of what is inside. */
function expectNoInternals(text: string): void {
  expect(text).not.toMatch(/denied|not authorized|arn:|dynamo|s3|lambda|maos-local|\bat \S+:\d+/i);
}

function textOf(reply: Reply): string {
  return reply.bytes.toString('utf8');
}

describe('with every grant', () => {
  // The flow's limits are the seed's own, and the first task of a cloud starts all of its functions.
  beforeAll(async () => {
    await endedTask(api, (await newTask(api, SIMPLE_TASK, newCorrelationId())).taskId);
  });

  it('the flow of a task works', async () => {
    expect(await outcomeOfFlow()).toBe('ok');
  });
});

describe('without one grant of one function, the flow of a task does not work', () => {
  const submitting = /^POST \/tasks answered 500 INTERNAL_ERROR: Something went wrong on our side\.$/;
  const notTaken = /^task_\w+ is still pending after 10 s\.$/;
  const downloading =
    /^GET \/tasks\/task_\w+\/files\/\S+ answered 500 INTERNAL_ERROR: Something went wrong on our side\.$/;
  const listing = /^GET \/tasks\?\S+ answered 500 INTERNAL_ERROR: Something went wrong on our side\.$/;

  it.each<Grant & { outcome: RegExp }>([
    { role: 'TasksApiRole', action: 'dynamodb:PutItem', resource: /EventLog/, outcome: submitting },
    { role: 'ScaffoldAgentFnRole', action: 'dynamodb:UpdateItem', resource: /Agents/, outcome: notTaken },
    { role: 'TaskFollowerFnRole', action: 'dynamodb:PutItem', resource: /EventLog/, outcome: notTaken },
    { role: 'TasksApiRole', action: 's3:GetObject', outcome: downloading },
    { role: 'TasksApiRole', action: 'dynamodb:BatchGetItem', outcome: listing },
    { role: 'TasksApiRole', action: 'dynamodb:Query', resource: /index/, outcome: listing },
  ])('$role without $action $resource', async ({ outcome, ...grant }) => {
    const told = await withoutGrant(grant, outcomeOfFlow);
    expect(told).toMatch(outcome);
  });
});

describe('a function that lacks a grant', () => {
  it('answers a submission with 500 and no internals, and nothing is written', async () => {
    const correlationId = newCorrelationId();
    const grant = { role: 'TasksApiRole', action: 'dynamodb:PutItem', resource: /EventLog/ };
    const reply = await withoutGrant(grant, () =>
      api.post('/tasks', SIMPLE_TASK, { 'x-correlation-id': correlationId }),
    );
    expectRefusal(reply, 500, 'INTERNAL_ERROR');
    expectNoInternals(textOf(reply));
    expect(await commitsOf(correlationId)).toBe(0);
    expect(await api.data(`/tasks?correlationId=${correlationId}`)).toEqual({ items: [], nextCursor: null });
    const { taskId } = await newTask(api, SIMPLE_TASK, correlationId);
    expect(await commitsOf(correlationId)).toBeGreaterThan(0);
    expect(await endedTask(api, taskId)).toMatchObject({ status: 'completed' });
  });

  it('loses the token of the step that an agent ended: what was done is undone, and nothing else', async (context) => {
    skipAloud(context, isDrill ? undefined : 'it takes a minute: npm run test:drills');
    const task = await withoutGrant({ role: 'WorkStepsFnRole', action: 'states:SendTaskSuccess' }, async () => {
      const { taskId } = await newTask(api, SIMPLE_TASK, newCorrelationId());
      return endedTask(api, taskId);
    });
    expect(task).toMatchObject({ status: 'failed', assignedAgent: 'scaffold', error: { code: 'TIMEOUT' } });
    const saga = await historyOfAggregate(sagaIdOf(task.taskId));
    expect(saga.map(({ type }) => type)).toEqual([
      ...['SagaStarted', 'SagaStepStarted', 'SagaStepCompleted'],
      ...['SagaCompensationStarted', 'SagaStepCompensated', 'SagaFailed'],
    ]);
    expect(await filesOf(task.taskId)).toEqual([]);
  });

  it('lets nobody in that it could not look up, and then does', async () => {
    const anew = new ApiClient(await newKey('read'));
    const reply = await withoutGrant({ role: 'AuthorizeRole', action: 'dynamodb:GetItem' }, () => anew.call('/tasks'));
    expectGatewayRefusal(reply, 500, 'INTERNAL_ERROR');
    expectNoInternals(textOf(reply));
    expect((await anew.call('/tasks?limit=1')).status).toBe(200);
  });
});

describe('with every grant back', () => {
  it('the flow of a task works again', async () => {
    expect(await outcomeOfFlow()).toBe('ok');
  });
});
