import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { executionName } from '../../../contracts/sagas/execution-names.ts';
import type { SagaInput } from '../../../contracts/sagas/saga-calls.ts';
import type { StartedSaga } from './saga-state.ts';

/** One run of a saga's machine. */
export interface SagaExecution {
  machineArn: string;
  /** `{sagaId}-{n}` */
  name: string;
  input: SagaInput;
}

/** @param arnPrefix what the ARNs of all sagas' machines begin with; the shape of a user's saga follows, or a built-in definition's id */
export function machineArnOf(arnPrefix: string, { machine, definition }: StartedSaga): string {
  return `${arnPrefix}${machine ?? definition.id}`;
}

/** The one that a run of a saga begins with: at its first step, or at the one that it was resumed from. */
export function firstExecution(saga: StartedSaga, sagaId: string, machineArn: string): SagaExecution {
  const name = executionName({ sagaId, run: saga.run, number: 1 });
  if (saga.run === 1) return { machineArn, name, input: { sagaId } };
  const from = saga.definition.steps.find(({ id }) => saga.steps.get(id)?.status !== 'completed');
  return { machineArn, name, input: { sagaId, ...(from && { startAt: from.id }) } };
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
