import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { StoredEvent } from '../../contracts/event.ts';

/**
 * Starts the machine that drives a task. The execution bears the task's id, so the event that starts it may come any number of
 * times: Step Functions keeps a name for 90 days, and a second start of it is none.
 */
export function taskMachine(machineArn: string): (event: StoredEvent) => Promise<void> {
  const client = new SFNClient({});
  return async (event) => {
    const input = {
      taskId: event.data.aggregateId,
      correlationId: event.metadata.correlationId,
      causationId: event.eventId,
    };
    try {
      await client.send(
        new StartExecutionCommand({ stateMachineArn: machineArn, name: input.taskId, input: JSON.stringify(input) }),
      );
    } catch (error) {
      if (!(error instanceof ExecutionAlreadyExists)) throw error;
    }
  };
}
