import type { Recorded } from '../../shared/kernel/decider.ts';
import type { SagaExecution } from '../api/saga.ts';
import type { SagaEvent, SagaStarted } from '../events/saga-events.v1.ts';
import type { ReadModel } from '../read-model.ts';

/** What finds a saga; the saga itself may be larger than a row, and is read from the log. */
export interface SagaRow {
  id: string;
  definitionId: string;
  name: string;
  status: SagaExecution['status'];
  startTime: string;
  endTime: string | null;
  /** Of the last event that the row tells of. */
  version: number;
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
  if (event.type === 'SagaStarted') return started(event);
  if (row === undefined) throw new Error(`${event.aggregateId} begins with ${event.type} instead of SagaStarted`);
  const status = STATUS[event.type];
  const hasEnded = status === 'completed' || status === 'failed';
  if (status === undefined) return row;
  return { ...row, status, endTime: hasEnded ? event.timestamp : null, version: event.version };
}

function started({ aggregateId: id, data: { definition }, timestamp, version }: Recorded<SagaStarted>): SagaRow {
  const { id: definitionId, name } = definition;
  return { id, definitionId, name, status: 'running', startTime: timestamp, endTime: null, version };
}

const STATUS: Partial<Record<SagaEvent['type'], SagaRow['status']>> = {
  SagaCompensationStarted: 'compensating',
  SagaResumed: 'running',
  SagaCompleted: 'completed',
  SagaFailed: 'failed',
};
