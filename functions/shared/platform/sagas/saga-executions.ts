import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { SagaInput } from '../../../contracts/sagas/saga-calls.ts';

/** One run of a saga's machine. */
export interface SagaExecution {
  machineArn: string;
  /** `{sagaId}-{n}` */
  name: string;
  input: SagaInput;
}

/**
 * Starts an execution, once: Step Functions keeps a name for 90 days, and a second start of it is none. So whatever leads here may
 * come any number of times.
 */
export function sagaExecutions(): (execution: SagaExecution) => Promise<void> {
  const client = new SFNClient({});
  return async ({ machineArn, name, input }) => {
    try {
      await client.send(new StartExecutionCommand({ stateMachineArn: machineArn, name, input: JSON.stringify(input) }));
    } catch (error) {
      if (!(error instanceof ExecutionAlreadyExists)) throw error;
    }
  };
}
