import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  SFNClient,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { sagaIdOf } from '../../functions/contracts/task-ids.ts';
import { waitFor } from '../../local/process/waiting.ts';
import { ApiClient, dataOf, expectRefusal } from '../support/cloud/api-client.ts';
import { cloud, filesOf, historyOfAggregate, output } from '../support/cloud/cloud.ts';
import { endedTask, historyOf, newCorrelationId, newTask, untilTask } from '../support/cloud/task-flow.ts';
import { ownType, sha256, Worker } from '../support/cloud/worker.ts';

const api = new ApiClient(cloud.apiKey);
const sfn = new SFNClient({});
const submit = (type: string) => newTask(api, { type, description: 'For the saga' }, newCorrelationId());
const typesOf = async (taskId: string) => (await historyOf(api, taskId)).map(({ data }) => data.eventType);

function execution(taskId: string, number: number): string {
  return `${output('TaskMachineArn').replace(':stateMachine:', ':execution:')}:${sagaIdOf(taskId)}-${number}`;
}

const stop = (taskId: string) => sfn.send(new StopExecutionCommand({ executionArn: execution(taskId, 1) }));

async function statusOf(executionArn: string): Promise<string | undefined> {
  const { status } = await sfn
    .send(new DescribeExecutionCommand({ executionArn }))
    .catch(() => ({ status: undefined }));
  return status;
}

const untilStatus = (executionArn: string, wanted: string) =>
  waitFor(async () => ((await statusOf(executionArn)) === wanted ? wanted : undefined), {
    everyMs: 200,
    limitMs: 30_000,
  });

async function statesOf(executionArn: string): Promise<string[]> {
  const { events = [] } = await sfn.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }));
  return events.flatMap(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name ?? []);
}

describe.concurrent('an execution that is stopped by hand', () => {
  it('while an agent works: the agent is freed, the task fails with a reason, its files are gone', async () => {
    const type = ownType('stopped');
    const worker = await Worker.register([type]);
    const { taskId } = await submit(type);
    const lease = await worker.claim();
    await worker.upload(lease, 'half.txt', 'half');
    await untilTask(api, taskId, ({ status }) => status === 'assigned');
    await stop(taskId);
    const ended = await endedTask(api, taskId);
    expect(ended).toMatchObject({ status: 'failed', assignedAgent: worker.agent.agentId, result: null });
    expect(ended.error?.code).toBe('INTERNAL_ERROR');
    expect(await typesOf(taskId)).toEqual(['TaskCreated', 'TaskAssigned', 'TaskFailed']);
    expect(await filesOf(taskId)).toEqual([]);
    expect(dataOf(await worker.heartbeat(lease))).toMatchObject({ cancelled: true });
    expectRefusal(await worker.complete(lease, [{ path: 'half.txt', sha256: sha256('half') }]), 409, 'CONFLICT');
    expect(await untilStatus(execution(taskId, 2), 'FAILED')).toBe('FAILED');
    const states = await statesOf(execution(taskId, 2));
    expect(states[1]).toMatch(/^Undo assign$/);
    expect(states.slice(-2)).toEqual(['Close saga', 'Saga failed']);
    const saga = await historyOfAggregate(sagaIdOf(taskId));
    expect(saga.filter(({ type }) => type === 'SagaStepCompensated')).toEqual([
      { type: 'SagaStepCompensated', data: { stepId: 'assign', compensation: 'release' } },
    ]);
  });

  it('before an agent came: nothing is undone that was not done, and no agent gets the work any more', async () => {
    const type = ownType('stopped-early');
    const { taskId } = await submit(type);
    expect(await untilStatus(execution(taskId, 1), 'RUNNING')).toBe('RUNNING');
    await stop(taskId);
    expect(await endedTask(api, taskId)).toMatchObject({ status: 'failed', assignedAgent: null });
    const saga = await historyOfAggregate(sagaIdOf(taskId));
    expect(saga.map(({ type }) => type)).not.toContain('SagaStepCompensated');
    const worker = await Worker.register([type]);
    expect((await worker.askForWork()).status).toBe(204);
  });
});

describe('the starting event', () => {
  it('delivered five times, starts one saga and has everything done once', async () => {
    const { taskId } = await newTask(api, { type: 'simple_task', description: 'Five times' }, newCorrelationId());
    const [created] = await historyOf(api, taskId);
    const entry = {
      EventBusName: output('EventBusName'),
      Source: 'domain',
      DetailType: 'domain.TaskCreated',
      Detail: JSON.stringify(created),
    };
    const again = new PutEventsCommand({ Entries: Array.from({ length: 5 }, () => entry) });
    expect(await new EventBridgeClient({}).send(again)).toMatchObject({ FailedEntryCount: 0 });
    expect(await endedTask(api, taskId)).toMatchObject({ status: 'completed' });
    expect(await typesOf(taskId)).toEqual(['TaskCreated', 'TaskAssigned', 'TaskCompleted']);
    const saga = (await historyOfAggregate(sagaIdOf(taskId))).map(({ type }) => type);
    expect(saga).toEqual([
      'SagaStarted',
      ...['SagaStepStarted', 'SagaStepCompleted', 'SagaStepStarted', 'SagaStepCompleted'],
      ...['SagaStepStarted', 'SagaStepCompleted', 'SagaCompleted'],
    ]);
    expect(await statusOf(execution(taskId, 1))).toBe('SUCCEEDED');
    expect(await statusOf(execution(taskId, 2))).toBeUndefined();
  });
});
