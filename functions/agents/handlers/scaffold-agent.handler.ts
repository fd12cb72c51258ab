import { ENV } from '../../contracts/env.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { requireEnv, requireEnvNumber } from '../../shared/platform/env.ts';
import { dynamoEventLog } from '../../shared/platform/log/dynamo-event-log.ts';
import { subscriberPipeline } from '../../shared/platform/queues/subscriber-pipeline.ts';
import { taskLog } from '../../shared/platform/task-log.ts';
import type { QueuedWork } from '../adapters/agent-state.ts';
import { dynamoAgentState } from '../adapters/dynamo-agent-state.ts';
import { leases } from '../adapters/leases.ts';
import { scaffoldAgent } from '../adapters/scaffold-agent.ts';
import { s3StagedFiles } from '../adapters/staged-files.ts';
import { wakeQueue } from '../adapters/wake-queue.ts';
import { worksIn } from '../adapters/works.ts';

const client = dynamoClient();
const eventLog = requireEnv(ENV.eventLogTable);
const now = () => new Date().toISOString();
const log = dynamoEventLog(client, eventLog);
const works = worksIn(log, now);
const state = dynamoAgentState({ client, table: requireEnv(ENV.agentsTable), eventLog });
const held = leases({
  works,
  state,
  wake: wakeQueue(requireEnv(ENV.scaffoldQueue)),
  files: s3StagedFiles(requireEnv(ENV.filesBucket)),
  taskLog: taskLog(client, requireEnv(ENV.taskLogTable)),
  leaseSeconds: requireEnvNumber(ENV.leaseSeconds),
  now,
});
const holdMs = requireEnvNumber(ENV.scaffoldHoldMs);

export const handler = subscriberPipeline<QueuedWork>(scaffoldAgent({ log, works, state, leases: held, holdMs, now }));
