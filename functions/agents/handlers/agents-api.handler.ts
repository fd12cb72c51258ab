import { ENV } from '../../contracts/env.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { requireEnv, requireEnvNumber } from '../../shared/platform/env.ts';
import { dynamoIdempotency } from '../../shared/platform/http/dynamo-idempotency.ts';
import { httpPipeline } from '../../shared/platform/http/http-pipeline.ts';
import { dynamoEventLog } from '../../shared/platform/log/dynamo-event-log.ts';
import { taskLog } from '../../shared/platform/task-log.ts';
import { agentEndpoints } from '../adapters/agent-endpoints.ts';
import { dynamoAgentState } from '../adapters/dynamo-agent-state.ts';
import { leaseEndpoints } from '../adapters/lease-endpoints.ts';
import { leases } from '../adapters/leases.ts';
import { s3StagedFiles } from '../adapters/staged-files.ts';
import { wakeQueue } from '../adapters/wake-queue.ts';
import { worksIn } from '../adapters/works.ts';

const client = dynamoClient();
const eventLog = requireEnv(ENV.eventLogTable);
const now = () => new Date().toISOString();
const log = dynamoEventLog(client, eventLog);
const state = dynamoAgentState({ client, table: requireEnv(ENV.agentsTable), eventLog });
const held = leases({
  works: worksIn(log, now),
  state,
  wake: wakeQueue(requireEnv(ENV.scaffoldQueue)),
  files: s3StagedFiles(requireEnv(ENV.filesBucket)),
  taskLog: taskLog(client, requireEnv(ENV.taskLogTable)),
  leaseSeconds: requireEnvNumber(ENV.leaseSeconds),
  now,
});

export const handler = httpPipeline([...agentEndpoints({ log, state, leases: held }), ...leaseEndpoints(held)], {
  idempotency: dynamoIdempotency(requireEnv(ENV.idempotencyTable)),
});
