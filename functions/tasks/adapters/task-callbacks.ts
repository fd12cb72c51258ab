import { taskEvents } from '../../contracts/events/task-events.ts';
import type { EventLog } from '../../shared/platform/log/event-log.ts';
import { history } from '../../shared/platform/log/stored-event.ts';
import type { NewDelivery, WebhookStream } from '../../shared/platform/webhooks/deliveries.ts';
import type { DeliveryStore, Kick, Write } from '../../shared/platform/webhooks/delivery-store.ts';
import { statusMessages } from '../domain/status-messages.ts';

/** Where the changes of tasks are told: one stream a task, known by the task's id. */
export interface TaskCallbacks {
  /** A message that is there already stays as it is. */
  add(delivery: NewDelivery): Promise<void>;
  /** `undefined` for a task without a callback address. `told`: the last place that was given a message, 0 where none was. */
  find(taskId: string): Promise<{ stream: WebhookStream; told: number } | undefined>;
}

/** @param commit writes all or nothing, and says whether all conditions held */
export function taskCallbacks(store: DeliveryStore, commit: (writes: Write[]) => Promise<boolean>): TaskCallbacks {
  return {
    async add(delivery) {
      await commit(store.add(delivery));
    },
    async find(taskId) {
      const known = await store.load(taskId);
      if (known === undefined) return undefined;
      return { stream: known.stream, told: known.lastGiven };
    },
  };
}

/**
 * Gives a message for every change of a task that has none yet. Each is given once those below it are there, whoever gave them: so the
 * last tells that none is missing below, and whoever comes after a death goes on behind it.
 */
export function statusTeller({ log, callbacks, kick }: { log: EventLog; callbacks: TaskCallbacks; kick: Kick }) {
  return async (taskId: string): Promise<void> => {
    const known = await callbacks.find(taskId);
    if (known === undefined) return;
    const messages = statusMessages(history(taskEvents, await log.load(taskId)));
    const untold = messages.filter(({ seq }) => seq > known.told);
    for (const message of untold) await callbacks.add({ ...message, stream: taskId });
    if (untold.length > 0) await kick(taskId);
  };
}
