import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import type { StoredEvent } from '../../../functions/contracts/event.ts';
import { storedEvents } from '../../../functions/shared/platform/stored-event.ts';
import { taskMachine } from '../../../functions/tasks/adapters/task-machine.ts';
import { commitOf } from '../../support/commits.ts';

const stepFunctions = mockClient(SFNClient);
beforeEach(() => {
  stepFunctions.reset();
});

const [event] = storedEvents(commitOf('task_1', 0, 'x')) as [StoredEvent];
const start = taskMachine('arn:aws:states:eu-west-1:1:stateMachine:Tasks');

describe("starting a task's machine", () => {
  it('names the execution by the task, and tells it the cause and the correlation', async () => {
    await start(event);
    expect(stepFunctions.commandCalls(StartExecutionCommand).map(({ args }) => args[0].input)).toEqual([
      {
        stateMachineArn: 'arn:aws:states:eu-west-1:1:stateMachine:Tasks',
        name: 'task_1',
        input: JSON.stringify({ taskId: 'task_1', correlationId: 'corr_task_1', causationId: 'task_1-1' }),
      },
    ]);
  });

  it('is done where the same event came before', async () => {
    stepFunctions.on(StartExecutionCommand).rejects(new ExecutionAlreadyExists({ message: 'x', $metadata: {} }));
    await expect(start(event)).resolves.toBeUndefined();
    expect(stepFunctions.calls()).toHaveLength(1);
  });

  it('fails with every other error, so that the event comes again', async () => {
    stepFunctions
      .on(StartExecutionCommand)
      .rejects(Object.assign(new Error('slow down'), { name: 'ThrottlingException' }));
    await expect(start(event)).rejects.toThrow('slow down');
  });
});
