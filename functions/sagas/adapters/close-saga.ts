import { runOf } from '../../contracts/sagas/execution-names.ts';
import type { CloseSaga } from '../../contracts/sagas/saga-calls.ts';
import type { SagaLog } from '../../shared/platform/sagas/saga-log.ts';

/** The last thing that a failed saga's machine does: everything that could be undone is undone, so the saga has ended. */
export function sagaCloser(sagas: SagaLog) {
  return async ({ sagaId, execution, cause }: CloseSaga): Promise<void> => {
    await sagas.record(sagaId, 'EndSaga', { cause, run: runOf(execution) });
  };
}
