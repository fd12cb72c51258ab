import type { Recorded } from '../../shared/kernel/decider.ts';
import type { SagaExecution } from '../api/saga.ts';
import type { SagaEvent } from '../events/saga-events.v1.ts';
import type { ReadModel } from '../read-model.ts';

/** What finds a saga; the saga itself may be larger than a row, and is read from the log. */
export interface SagaRow {
  id: string;
  status: SagaExecution['status'];
  startTime: string;
}

/** The read model behind `GET /sagas`. */
export const sagaReadModel: ReadModel<SagaRow> = {
  name: 'sagas',
  generation: 1,
  idOf: ({ id }) => id,
  sortKeyOf: ({ startTime }) => startTime,
  indexes: { index1: 'status' },
};

export function sagaRow(row: SagaRow | undefined, event: Recorded<SagaEvent>): SagaRow {
  if (event.type === 'SagaStarted') return { id: event.aggregateId, status: 'running', startTime: event.timestamp };
  if (row === undefined) throw new Error(`${event.aggregateId} begins with ${event.type} instead of SagaStarted`);
  const status = STATUS[event.type];
  return status === undefined ? row : { ...row, status };
}

const STATUS: Partial<Record<SagaEvent['type'], SagaRow['status']>> = {
  SagaCompensationStarted: 'compensating',
  SagaResumed: 'running',
  SagaCompleted: 'completed',
  SagaFailed: 'failed',
};
