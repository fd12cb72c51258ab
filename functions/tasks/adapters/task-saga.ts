import type { Task } from '../../contracts/api/task.ts';
import type { CommandMetadata } from '../../contracts/commands.ts';
import type { StoredEvent } from '../../contracts/event.ts';
import type { TaskCreated } from '../../contracts/events/task-created.v1.ts';
import type { SagaDefinition } from '../../contracts/sagas/saga-definition.ts';
import { sagaIdOf } from '../../contracts/task-ids.ts';
import { sagaExecutions } from '../../shared/platform/sagas/saga-executions.ts';
import type { SagaLog } from '../../shared/platform/sagas/saga-log.ts';

/** What begins a task's saga: the event that created the task. */
interface Creation {
  taskId: string;
  /** The creation's event id. */
  because: string;
  correlationId: string;
  createdAt: string;
  type: string;
  priority: number;
}

function creationOf(event: StoredEvent): Creation {
  const { aggregateId: taskId, timestamp: createdAt, eventData } = event.data;
  const { type, priority } = eventData as TaskCreated['data'];
  return { taskId, because: event.eventId, correlationId: event.metadata.correlationId, createdAt, type, priority };
}

/** Records that a task's saga runs; a second time, it finds that it does. The definition in the log is the one that it keeps. */
function beginTaskSaga(sagas: SagaLog, definition: SagaDefinition, creation: Creation) {
  const { taskId, because, correlationId, createdAt, type, priority } = creation;
  return sagas.handle({
    id: because,
    type: 'StartSaga',
    aggregateId: sagaIdOf(taskId),
    payload: { definition, data: { taskId, taskType: type, priority, createdAt } },
    metadata: { correlationId, causationId: because, now: new Date().toISOString() },
  });
}

/**
 * Starts the saga that drives a task: first in the log, then its execution.
 */
export function taskSagaStarter(sagas: SagaLog, definition: SagaDefinition, machineArn: string) {
  const start = sagaExecutions();
  return async (event: StoredEvent): Promise<void> => {
    const creation = creationOf(event);
    await beginTaskSaga(sagas, definition, creation);
    const sagaId = sagaIdOf(creation.taskId);
    await start({ machineArn, name: `${sagaId}-1`, input: { sagaId } });
  };
}

/**
 * Asks a task's saga to end. One that was to begin only a moment later begins first, so that the wish has where to stand. The wish is part
 * of the task's story unless it names another correlation.
 */
export function taskCanceller(sagas: SagaLog, definition: SagaDefinition) {
  return async (
    task: Pick<Task, 'taskId' | 'correlationId' | 'createdAt' | 'type' | 'priority'>,
    command: { id: string; reason: string; metadata: Omit<CommandMetadata, 'expectedVersion'> },
  ): Promise<void> => {
    const because = `${task.taskId}-1`;
    await beginTaskSaga(sagas, definition, { ...task, because });
    await sagas.handle({
      id: command.id,
      type: 'CancelSaga',
      aggregateId: sagaIdOf(task.taskId),
      payload: { reason: command.reason },
      metadata: { correlationId: task.correlationId, ...command.metadata },
    });
  };
}
