import type { Task } from '../../contracts/api/task.ts';
import type { TaskEvent } from '../../contracts/events/task-events.ts';
import { taskView } from '../../contracts/views/task.view.ts';
import type { Recorded } from '../../shared/kernel/decider.ts';

/** What a task's callback address is told of one change of its status. */
export interface StatusMessage {
  /** The version of the event that changed it: the message's place among those of its task. */
  seq: number;
  /** JSON: `{ taskId, status, timestamp, result? | error? }`. */
  body: string;
  /** ISO 8601, UTC. */
  createdAt: string;
}

/**
 * A message for each event but the first, whose status the creating call has answered. Told from the whole history, so that it is the
 * same bytes whoever tells it, and whenever.
 */
export function statusMessages(events: readonly Recorded<TaskEvent>[]): StatusMessage[] {
  let task: Task | undefined;
  return events.flatMap((event) => {
    task = taskView(task, event);
    return event.type === 'TaskCreated' ? [] : [messageOf(task)];
  });
}

function messageOf({ taskId, status, updatedAt: timestamp, version: seq, result, error }: Task): StatusMessage {
  const outcome = { ...(result !== null && { result }), ...(error !== null && { error }) };
  return { seq, createdAt: timestamp, body: JSON.stringify({ taskId, status, timestamp, ...outcome }) };
}
