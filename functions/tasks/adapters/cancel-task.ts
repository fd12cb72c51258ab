import type { Task } from '../../contracts/api/task.ts';
import type { CommandMetadata } from '../../contracts/commands.ts';
import { sagaIdOf } from '../../contracts/task-ids.ts';
import { AppError } from '../../shared/kernel/errors.ts';
import type { EventLog } from '../../shared/platform/log/event-log.ts';
import { causedBy, readTask } from './read-task.ts';
import type { taskCanceller } from './task-saga.ts';

/** What cancelling a task takes, whichever row asks for it. */
export interface CancelPorts {
  log: EventLog;
  cancel: ReturnType<typeof taskCanceller>;
}

export interface CancelWish {
  /** The command's id, by which the saga's log knows it again. */
  id: string;
  taskId: string;
  reason: string | undefined;
  /** `expectedVersion` is the task's. */
  metadata: CommandMetadata;
}

const NO_REASON = 'The task was cancelled.';
const ENDED: readonly Task['status'][] = ['completed', 'failed', 'cancelled'];

/**
 * Asks a task's saga to end it, which it does once the agent is free and the files are gone. A wish that the saga has is not judged
 * again: the task may have ended by it.
 *
 * @returns the names of the events that it caused; none where another wish was first
 */
export async function cancelTask({ log, cancel }: CancelPorts, wish: CancelWish): Promise<string[]> {
  const sagaId = sagaIdOf(wish.taskId);
  // The task first: whatever this wish has done to it by then, the saga shows the wish.
  const task = await readTask(log, wish.taskId);
  const before = await causedBy(log, wish.id, sagaId);
  if (before !== undefined) return before;
  const { expectedVersion, ...metadata } = wish.metadata;
  assertCancellable(task, expectedVersion);
  await cancel(task, { id: wish.id, reason: wish.reason ?? NO_REASON, metadata });
  return (await causedBy(log, wish.id, sagaId)) ?? [];
}

function assertCancellable({ taskId, status, version }: Task, expected = version): void {
  if (expected !== version) throw new AppError('CONFLICT', `${taskId} is at version ${version}, not ${expected}.`);
  if (ENDED.includes(status)) throw new AppError('CONFLICT', `${taskId} has ended already: ${status}.`);
}
