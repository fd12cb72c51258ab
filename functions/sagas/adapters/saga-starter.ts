import type { StoredEvent } from '../../contracts/event.ts';
import { firstExecution, sagaExecutions } from '../../shared/platform/sagas/saga-executions.ts';
import type { SagaLog } from '../../shared/platform/sagas/saga-log.ts';
import type { SagaMachines } from './saga-machines.ts';
import { onMachineOf } from './saga-machines.ts';

/**
 * Starts the execution of a saga that a user has started or resumed, on the machine of its shape. Whatever comes twice or late leads to
 * the same execution, which is started once.
 */
export function sagaStarter({ sagas, machines }: { sagas: SagaLog; machines: SagaMachines }) {
  const start = sagaExecutions();
  return async (event: StoredEvent): Promise<void> => {
    const sagaId = event.data.aggregateId;
    const saga = await sagas.find(sagaId);
    if (saga?.machine === undefined || saga.status !== 'running') return;
    const { machine, definition } = saga;
    await onMachineOf(machines, { machine, definition }, (arn) => start(firstExecution(saga, sagaId, arn)));
  };
}
