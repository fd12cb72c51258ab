import { ENV } from '../../contracts/env.ts';
import { stagingPrefix } from '../../contracts/file-keys.ts';
import { ownBreaker, ownServiceStore } from '../../shared/platform/breaker/own-breaker.ts';
import { prefixCleaner } from '../../shared/platform/clear-prefix.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { requireEnv } from '../../shared/platform/env.ts';
import { dynamoEventLog } from '../../shared/platform/log/dynamo-event-log.ts';
import { sagaServicePipeline } from '../../shared/platform/sagas/saga-service-pipeline.ts';
import { dynamoStepTokens } from '../../shared/platform/sagas/step-tokens.ts';
import { agentService, checkAgentService } from '../adapters/agent-service.ts';
import { dynamoAgentState } from '../adapters/dynamo-agent-state.ts';
import { wakeQueue } from '../adapters/wake-queue.ts';
import { worksIn } from '../adapters/works.ts';

const client = dynamoClient();
const eventLog = requireEnv(ENV.eventLogTable);
const now = () => new Date().toISOString();
const log = dynamoEventLog(client, eventLog);
const state = dynamoAgentState({ client, table: requireEnv(ENV.agentsTable), eventLog });
const wake = wakeQueue(requireEnv(ENV.scaffoldQueue));
const works = worksIn(log, now);
const clear = prefixCleaner(requireEnv(ENV.filesBucket));
const clearStaged = (taskId: string) => clear(stagingPrefix(taskId));

export const handler = sagaServicePipeline(agentService({ works, state, wake, clearStaged, now }), {
  log,
  tokens: dynamoStepTokens(client, requireEnv(ENV.stepTokensTable)),
  breaker: ownBreaker(ownServiceStore(client)),
  checkHealth: () => checkAgentService(state),
});
