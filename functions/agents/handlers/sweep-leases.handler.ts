import { ENV } from '../../contracts/env.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { requireEnv } from '../../shared/platform/env.ts';
import { dynamoEventLog } from '../../shared/platform/log/dynamo-event-log.ts';
import { subscriberPipeline } from '../../shared/platform/queues/subscriber-pipeline.ts';
import { dynamoAgentState } from '../adapters/dynamo-agent-state.ts';
import { sweepLeases } from '../adapters/lease-sweep.ts';
import { wakeQueue } from '../adapters/wake-queue.ts';
import { worksIn } from '../adapters/works.ts';

const client = dynamoClient();
const eventLog = requireEnv(ENV.eventLogTable);
const now = () => new Date().toISOString();
const works = worksIn(dynamoEventLog(client, eventLog), now);
const state = dynamoAgentState({ client, table: requireEnv(ENV.agentsTable), eventLog });
const wake = wakeQueue(requireEnv(ENV.scaffoldQueue));

export const handler = subscriberPipeline<unknown>(() => sweepLeases({ works, state, wake, now }));
