import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { compensationFrom } from '../../contracts/sagas/compile-saga.ts';
import type { SagaInput } from '../../contracts/sagas/saga-calls.ts';
import type { SagaLog } from '../../shared/platform/sagas/saga-log.ts';
import type { StartedSaga } from '../../shared/platform/sagas/saga-state.ts';
import { nextExecution, sagaOf } from '../domain/interrupted-saga.ts';

/** The `detail` of a Step Functions execution status change (Step Functions developer guide, "EventBridge"). */
export interface ExecutionStatus {
  executionArn: string;
  stateMachineArn: string;
  name: string;
  status: string;
}

/**
 * Picks up a saga whose execution ended without closing it: stopped by hand, timed out, or failed in a state that nothing catches. The
 * same machine is started at its compensation. An execution that closed its saga is no news.
 */
export function interruptedSaga(sagas: SagaLog) {
  const client = new SFNClient({});
  return async ({ stateMachineArn, name: interrupted, status }: ExecutionStatus): Promise<void> => {
    const sagaId = sagaOf(interrupted);
    const saga = await sagas.find(sagaId);
    if (saga === undefined || saga.status === 'completed' || saga.status === 'failed') return;
    const input: SagaInput = { sagaId, startAt: compensationFrom(saga.definition, lastBegun(saga)), cause: status };
    const name = nextExecution(interrupted);
    try {
      await client.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
    } catch (error) {
      if (!(error instanceof ExecutionAlreadyExists)) throw error;
    }
  };
}

function lastBegun({ definition, steps }: StartedSaga): string | undefined {
  return definition.steps.findLast(({ id }) => steps.has(id))?.id;
}
