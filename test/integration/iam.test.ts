import { ExecutionDoesNotExist, GetExecutionHistoryCommand, SFNClient } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { waitFor } from '../../local/process/waiting.ts';
import type { Reply } from '../support/api-client.ts';
import { ApiClient, expectGatewayRefusal, expectRefusal } from '../support/api-client.ts';
import { cloud, commitsOf, newKey, output } from '../support/cloud.ts';
import type { Grant } from '../support/role-policies.ts';
import { withoutGrant } from '../support/role-policies.ts';
import { endedTask, historyOf, newCorrelationId, newTask, taskFlow } from '../support/task-flow.ts';

const api = new ApiClient(cloud.apiKey);
const SIMPLE_TASK = { type: 'simple_task', description: 'Whatever may be done' };
const STEP_FAILED = { code: 'INTERNAL_ERROR', message: 'A step of the task failed on our side.' };

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

/** Waits until the task's machine has met an error. */
async function untilStepFailed(taskId: string): Promise<void> {
  const client = new SFNClient({});
  const executionArn = `${output('TaskMachineArn').replace(':stateMachine:', ':execution:')}:${taskId}`;
  const look = async () => {
    try {
      const { events = [] } = await client.send(new GetExecutionHistoryCommand({ executionArn }));
      return events.some((event) => event.type === 'TaskFailed') || undefined;
    } catch (error) {
      if (error instanceof ExecutionDoesNotExist) return undefined;
      throw error;
    }
  };
  expect(await waitFor(look, { everyMs: 200, limitMs: 20_000 }), 'a step of the machine failed').toBe(true);
}

describe('with every grant', () => {
  it('the flow of a task works', async () => {
    expect(await outcomeOfFlow()).toBe('ok');
  });
});

describe('without one grant of one function, the flow of a task does not work', () => {
  const submitting = /^POST \/tasks answered 500 INTERNAL_ERROR: Something went wrong on our side\.$/;
  const working = /^The task ended failed with INTERNAL_ERROR: A step of the task failed on our side\.$/;
  const downloading =
    /^GET \/tasks\/task_\w+\/files\/\S+ answered 500 INTERNAL_ERROR: Something went wrong on our side\.$/;
  const listing = /^GET \/tasks\?\S+ answered 500 INTERNAL_ERROR: Something went wrong on our side\.$/;

  it.each<Grant & { outcome: RegExp }>([
    { role: 'TasksApiRole', action: 'dynamodb:PutItem', outcome: submitting },
    { role: 'TasksApiRole', action: 'dynamodb:Query', resource: /EventLog/, outcome: submitting },
    { role: 'ScaffoldAgentRole', action: 'dynamodb:Query', outcome: working },
    { role: 'ScaffoldAgentRole', action: 's3:PutObject', outcome: working },
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
    const reply = await withoutGrant({ role: 'TasksApiRole', action: 'dynamodb:PutItem' }, () =>
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

  it('ends the task that it works on, which tells no internals, and works on the next', async () => {
    const task = await withoutGrant({ role: 'ScaffoldAgentRole', action: 's3:PutObject' }, async () => {
      const { taskId } = await newTask(api, SIMPLE_TASK, newCorrelationId());
      return endedTask(api, taskId);
    });
    expect(task).toMatchObject({ status: 'failed', assignedAgent: 'scaffold', result: null });
    expect(task.error).toStrictEqual(STEP_FAILED);
    const events = await historyOf(api, task.taskId);
    expect(events.map((event) => event.data.eventType)).toEqual(['TaskCreated', 'TaskAssigned', 'TaskFailed']);
    expectNoInternals(JSON.stringify(events.at(-1)?.data.eventData));
    expectRefusal(await api.call(`/tasks/${task.taskId}/files/report.md`), 404, 'NOT_FOUND');

    const next = await newTask(api, SIMPLE_TASK, newCorrelationId());
    expect(await endedTask(api, next.taskId)).toMatchObject({ status: 'completed' });
  });

  it('loses no task that it could not record an end for: it is tried again', async () => {
    const { taskId } = await withoutGrant({ role: 'TaskStepRole', action: 'dynamodb:PutItem' }, async () => {
      const task = await newTask(api, SIMPLE_TASK, newCorrelationId());
      await untilStepFailed(task.taskId);
      expect(await api.data(`/tasks/${task.taskId}`)).toStrictEqual(task);
      return task;
    });
    expect(await endedTask(api, taskId)).toMatchObject({ status: 'failed', error: STEP_FAILED });
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
