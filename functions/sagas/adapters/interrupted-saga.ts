import { compensationFrom } from '../../contracts/sagas/compile-saga.ts';
import { executionOf } from '../../contracts/sagas/execution-names.ts';
import { sagaExecutions } from '../../shared/platform/sagas/saga-executions.ts';
import type { SagaLog } from '../../shared/platform/sagas/saga-log.ts';
import { isOver, lastBegun } from '../../shared/platform/sagas/saga-state.ts';
import { nextExecution } from '../domain/interrupted-saga.ts';

/** The `detail` of a Step Functions execution status change (Step Functions developer guide, "EventBridge"). */
export interface ExecutionStatus {
  stateMachineArn: string;
  name: string;
  status: string;
}

/**
 * Picks up a saga whose execution ended without closing it: stopped by hand, timed out, or failed in a state that nothing catches. The
 * same machine is started at its compensation. An execution that closed its saga is no news.
 *
 * The saga turns back here, before anybody looks how far it came: a step whose function is still on its way must find it closed, or its
 * work would be begun behind an end that undid nothing.
 */
export function interruptedSaga(sagas: SagaLog) {
  const start = sagaExecutions();
  return async ({ stateMachineArn: machineArn, name: interrupted, status }: ExecutionStatus): Promise<void> => {
    const { sagaId, run } = executionOf(interrupted);
    const found = await sagas.find(sagaId);
    if (found === undefined || isOver(found) || found.run !== run) return;
    const name = nextExecution(interrupted);
    const saga = await sagas.record(sagaId, 'StartCompensation', { cause: status, run });
    if (isOver(saga) || saga.run !== run) return;
    const startAt = compensationFrom(saga.definition, lastBegun(saga));
    await start({ machineArn, name, input: { sagaId, startAt, cause: status } });
  };
}
