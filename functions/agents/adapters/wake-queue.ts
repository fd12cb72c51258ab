import { BUILT_IN_AGENTS } from '../../contracts/agents.ts';
import { messageQueue } from '../../shared/platform/queues/message-queue.ts';
import type { QueuedWork } from './agent-state.ts';

/** Tells agents that do not ask for work themselves that some waits. */
export type Wake = (work: QueuedWork) => Promise<void>;

const SCAFFOLDED: readonly string[] = BUILT_IN_AGENTS.scaffold;

/** Wakes the scaffold agent for work of its types. A second message finds the work taken and does nothing. */
export function wakeQueue(queueUrl: string): Wake {
  const send = messageQueue<QueuedWork>(queueUrl, 'maos.WorkWaiting');
  return async (work) => {
    if (SCAFFOLDED.includes(work.taskType)) await send(work, pauseSeconds(work.round));
  };
}

/** Work that was given back waits before it is tried again: what failed around it needs time to pass. 30 s, then 90 s. */
function pauseSeconds(round: number): number {
  return round === 0 ? 0 : Math.min(10 * 3 ** round, 900);
}
