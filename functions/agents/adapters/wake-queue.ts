import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { BUILT_IN_AGENTS } from '../../contracts/agents.ts';
import type { QueuedWork } from './agent-state.ts';

/** Tells agents that do not ask for work themselves that some waits. */
export type Wake = (work: Pick<QueuedWork, 'taskId' | 'taskType'>) => Promise<void>;

/** What the scaffold agent's queue carries, in the form that every queue of ours does. */
export interface WorkWaiting {
  taskId: string;
}

const SCAFFOLDED: readonly string[] = BUILT_IN_AGENTS.scaffold;

/** Wakes the scaffold agent for work of its types. A second message finds the work taken and does nothing. */
export function wakeQueue(queueUrl: string): Wake {
  const client = new SQSClient({});
  return async ({ taskId, taskType }) => {
    if (!SCAFFOLDED.includes(taskType)) return;
    const detail: WorkWaiting = { taskId };
    const body = JSON.stringify({ 'detail-type': 'maos.WorkWaiting', detail });
    await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body }));
  };
}
