import type { WorkDone } from '../../contracts/events/work-events.v1.ts';
import { workEvents } from '../../contracts/events/work-events.v1.ts';
import { filesPrefix, stagingPrefix } from '../../contracts/file-keys.ts';
import { TASK_ID, workIdOf } from '../../contracts/task-ids.ts';
import { AppError } from '../../shared/kernel/errors.ts';
import type { EventLog } from '../../shared/platform/log/event-log.ts';
import { history } from '../../shared/platform/log/stored-event.ts';
import type { SagaService } from '../../shared/platform/sagas/saga-service.ts';
import type { TaskFileStore } from './task-file-store.ts';

export interface StoragePorts {
  log: EventLog;
  files: TaskFileStore;
}

/** Copies at once: S3 takes thousands a second under one prefix, a Lambda's sockets are the limit. */
const PARALLEL = 20;

/** `storage-service`: keeps the files of tasks. What it is to store, the work's own history says, with the hashes that were proven. */
export function storageService({ log, files }: StoragePorts): SagaService {
  const store = async (taskId: string, signal: AbortSignal): Promise<{ stored: number }> => {
    const work = await doneWork(log, taskId);
    for (let from = 0; from < work.files.length; from += PARALLEL) {
      signal.throwIfAborted();
      const some = work.files.slice(from, from + PARALLEL);
      await allEnded(some.map((file) => files.adopt({ taskId, leaseId: work.leaseId }, file)));
    }
    return { stored: work.files.length };
  };
  const remove = async (taskId: string): Promise<void> => {
    // Staging first: a copy that is still under way finds nothing to take over any more.
    await files.clear(stagingPrefix(taskId));
    await files.clear(filesPrefix(taskId));
  };
  return {
    store: {
      run: async (input, { signal }) => store(taskIdIn(input), signal),
      abandon: async (input) => remove(taskIdIn(input)),
    },
    remove: {
      async run({ sagaData }) {
        await remove(taskIdIn(sagaData));
        return {};
      },
    },
  };
}

/** Clears the files of a task that there is not: it looks into the bucket, and finds nothing to remove. */
export function checkStorageService(files: Pick<TaskFileStore, 'clear'>): Promise<void> {
  return files.clear(filesPrefix('health'));
}

/** It becomes part of keys in the bucket, so it is held against its form. */
function taskIdIn(input: unknown): string {
  const { taskId } = (input ?? {}) as { taskId?: unknown };
  if (typeof taskId === 'string' && TASK_ID.test(taskId)) return taskId;
  const details = [{ path: 'taskId', message: 'must be a task id' }];
  throw new AppError('VALIDATION_ERROR', 'The saga does not say which task it is about.', { details });
}

/** Fails only once none is under way any more: a copy that came after the clearing up would stay for good. */
async function allEnded(copies: readonly Promise<void>[]): Promise<void> {
  const outcomes = await Promise.allSettled(copies);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
}

async function doneWork(log: EventLog, taskId: string): Promise<WorkDone['data']> {
  const events = history(workEvents, await log.load(workIdOf(taskId)));
  const done = events.find((event) => event.type === 'WorkDone');
  if (done === undefined) throw new Error(`The work of ${taskId} is not done, so there is nothing to store.`);
  return done.data;
}
