import type { Task } from '../../contracts/api/task.ts';
import type { TaskEvent } from '../../contracts/events/task-events.ts';
import { taskEvents } from '../../contracts/events/task-events.ts';
import { taskView } from '../../contracts/views/task.view.ts';
import type { Recorded } from '../../shared/kernel/decider.ts';
import { AppError } from '../../shared/kernel/errors.ts';
import type { EventLog } from '../../shared/platform/log/event-log.ts';
import { history } from '../../shared/platform/log/stored-event.ts';

/** From the log, so that a caller sees every write acknowledged before. */
export async function readTask(log: EventLog, taskId: string): Promise<Task> {
  const stream = await log.load(taskId);
  if (stream.version === 0) throw noTask(taskId);
  return taskOf(history(taskEvents, stream));
}

/** The task as a history that has begun leaves it. */
export function taskOf(events: readonly Recorded<TaskEvent>[]): Task {
  return events.reduce<Task | undefined>(taskView, undefined) as Task;
}

/** What a caller hears who asks for a task that there is not. */
export function noTask(taskId: string): AppError {
  return new AppError('NOT_FOUND', `There is no task ${taskId}.`);
}

/** The names of the events that a command caused in an aggregate; `undefined` where it caused none there. */
export async function causedBy(log: EventLog, commandId: string, aggregateId: string): Promise<string[] | undefined> {
  const { commits } = await log.load(aggregateId);
  return commits.find(({ commitId }) => commitId === commandId)?.events.map(({ type }) => type);
}
