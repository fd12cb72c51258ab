import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { checkAgentService } from '../../../functions/agents/adapters/agent-service.ts';
import { TaskType } from '../../../functions/contracts/task-fields.ts';
import { builtInHealth } from '../../../functions/services/adapters/service-health.ts';
import { checkStorageService } from '../../../functions/storage/adapters/storage-service.ts';
import { memoryAgentState } from '../../support/agents/memory-agent-state.ts';
import { memoryFileStore } from '../../support/tasks/memory-file-store.ts';

const BROKEN = () => Promise.reject(new Error('the table is gone'));

describe('the check of a built-in service', () => {
  const lambda = mockClient(LambdaClient);
  const check = builtInHealth({ 'agent-service': 'arn:agent', 'storage-service': 'arn:storage' });
  beforeEach(() => lambda.reset());
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it.each([
    ['agent-service', 'arn:agent'],
    ['storage-service', 'arn:storage'],
  ] as const)('asks the function of %s how it is', async (service, arn) => {
    lambda.on(InvokeCommand).resolves({ StatusCode: 200 });
    await check(service);
    const [invoked, ...more] = lambda.commandCalls(InvokeCommand).map(({ args }) => args[0].input);
    expect(invoked).toEqual({ FunctionName: arn, Payload: '{"do":"health"}' });
    expect(more).toEqual([]);
  });

  it('fails where the function failed, though the call did not', async () => {
    lambda.on(InvokeCommand).resolves({ StatusCode: 200, FunctionError: 'Unhandled' });
    await expect(check('agent-service')).rejects.toThrow('agent-service is not well: Unhandled');
  });

  it('fails where the function cannot be called', async () => {
    lambda.on(InvokeCommand).rejects(new Error('throttled'));
    await expect(check('agent-service')).rejects.toThrow('throttled');
  });

  it('waits for ten seconds at most', async () => {
    const over = new AbortController();
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(over.signal);
    lambda.on(InvokeCommand).resolves({});
    await check('agent-service');
    expect(timeout).toHaveBeenCalledExactlyOnceWith(10_000);
    expect(lambda.commandCalls(InvokeCommand)[0]?.args).toMatchObject([{}, { abortSignal: over.signal }]);
  });
});

describe('what the agent service looks at', () => {
  it('is whether work can be shown and taken away again; nothing stays', async () => {
    const state = memoryAgentState();
    const [enqueue, dequeue] = [vi.spyOn(state, 'enqueue'), vi.spyOn(state, 'dequeue')];
    await checkAgentService(state);
    await checkAgentService(state);
    expect([enqueue.mock.calls.length, dequeue.mock.calls.length]).toEqual([2, 2]);
    expect(state.all().queued).toEqual([]);
  });

  it('is shown to no agent: no task is of its type', async () => {
    const state = memoryAgentState();
    const enqueue = vi.spyOn(state, 'enqueue');
    await checkAgentService(state);
    const [[probe] = []] = enqueue.mock.calls;
    expect(TaskType.safeParse('code_generation').success).toBe(true);
    expect(TaskType.safeParse(probe?.taskType).success).toBe(false);
  });

  it.each(['enqueue', 'dequeue'] as const)('is not well where it cannot %s', async (broken) => {
    await expect(checkAgentService({ ...memoryAgentState(), [broken]: BROKEN })).rejects.toThrow('the table is gone');
  });
});

describe('what the storage service looks at', () => {
  it('is the bucket, in which it leaves every file of every task as it is', async () => {
    const files = memoryFileStore();
    const clear = vi.spyOn(files, 'clear');
    for (const key of ['tasks/task_1/a', 'tasks/healthy/a', 'staging/task_1/lease_1/a']) files.objects.set(key, 'x');
    const before = [...files.objects];
    await checkStorageService(files);
    expect(clear).toHaveBeenCalledOnce();
    expect([...files.objects]).toEqual(before);
  });

  it('is not well where it cannot', async () => {
    await expect(checkStorageService({ clear: BROKEN })).rejects.toThrow('the table is gone');
  });
});
