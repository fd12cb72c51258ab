import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { BUILT_IN_AGENTS } from '../../contracts/agents.ts';
import type { QueuedWork } from './agent-state.ts';

/** Tells agents that do not ask for work themselves that some waits. */
export type Wake = (work: QueuedWork) => Promise<void>;

const SCAFFOLDED: readonly string[] = BUILT_IN_AGENTS.scaffold;

/** Wakes the scaffold agent for work of its types. A second message finds the work taken and does nothing. */
export function wakeQueue(queueUrl: string): Wake {
  const client = new SQSClient({});
  return async (detail) => {
    if (!SCAFFOLDED.includes(detail.taskType)) return;
    const body = JSON.stringify({ 'detail-type': 'maos.WorkWaiting', detail });
    await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body }));
  };
}
