import type { TaskCommand } from '../../contracts/commands.ts';
import type { StoredEvent } from '../../contracts/event.ts';
import { sagaEvents } from '../../contracts/events/saga-events.v1.ts';
import { workEvents } from '../../contracts/events/work-events.v1.ts';
import { sagaIdOf, taskIdOf, workIdOf } from '../../contracts/task-ids.ts';
import { isRefusal } from '../../shared/kernel/errors.ts';
import { commandHandler } from '../../shared/platform/log/command-handler.ts';
import type { EventLog } from '../../shared/platform/log/event-log.ts';
import { history } from '../../shared/platform/log/stored-event.ts';
import type { Consequence } from '../domain/task-story.ts';
import { taskStory } from '../domain/task-story.ts';
import { taskAggregate } from './task-aggregate.ts';

/**
 * Brings a task up to date with its work and its saga, and then its callback address with the task. Each command's id is the event that
 * it follows from, so the same event again changes nothing.
 *
 * @param tell gives the messages that the task's history has and its callback address has not; before it has, no event is done with
 */
export function taskFollower(log: EventLog, tell: (taskId: string) => Promise<void>) {
  const handle = commandHandler(taskAggregate, log);
  return async (event: StoredEvent): Promise<void> => {
    const taskId = taskIdOf(event.data.aggregateId);
    const { commits } = await log.load(taskId);
    // Other sagas than those of tasks come by here too.
    if (commits.length === 0) return;
    const followed = new Set(commits.map(({ commitId }) => commitId));
    const story = await readStory(log, taskId);
    for (const step of story.filter(({ because }) => !followed.has(because))) {
      await handle(commandOf(taskId, event, step)).catch(passOver);
    }
    await tell(taskId);
  };
}

/** The saga is read first: then nothing of the work that led to its end can be missing. */
async function readStory(log: EventLog, taskId: string): Promise<Consequence[]> {
  const saga = history(sagaEvents, await log.load(sagaIdOf(taskId)));
  const work = history(workEvents, await log.load(workIdOf(taskId)));
  return taskStory(work, saga);
}

function commandOf(taskId: string, { metadata }: StoredEvent, { because, type, payload }: Consequence): TaskCommand {
  const { correlationId } = metadata;
  const cause = { correlationId, causationId: because, now: new Date().toISOString() };
  return { id: because, type, payload, aggregateId: taskId, metadata: cause } as TaskCommand;
}

/** The task has gone past this already, or has ended. */
function passOver(error: unknown): void {
  if (!isRefusal(error)) throw error;
}
