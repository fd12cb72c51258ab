import type { CloseSaga } from '../../contracts/sagas/saga-calls.ts';
import type { SagaLog } from '../../shared/platform/sagas/saga-log.ts';

/** The last thing that a failed saga's machine does: everything that could be undone is undone, so the saga has ended. */
export function sagaCloser(sagas: SagaLog) {
  return async ({ sagaId, cause }: CloseSaga): Promise<void> => {
    await sagas.record(sagaId, 'EndSaga', { cause });
  };
}
