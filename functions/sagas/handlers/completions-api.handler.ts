import { ENV } from '../../contracts/env.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { requireEnv } from '../../shared/platform/env.ts';
import { httpPipeline } from '../../shared/platform/http/http-pipeline.ts';
import { dynamoEventLog } from '../../shared/platform/log/dynamo-event-log.ts';
import { masterSecret } from '../../shared/platform/master-secret.ts';
import { sagaLog } from '../../shared/platform/sagas/saga-log.ts';
import { dynamoStepTokens } from '../../shared/platform/sagas/step-tokens.ts';
import { sfnTokenAnswers } from '../../shared/platform/sagas/token-answers.ts';
import { completionEndpoints } from '../adapters/completion-endpoints.ts';

const client = dynamoClient();

export const handler = httpPipeline(
  completionEndpoints({
    sagas: sagaLog(dynamoEventLog(client, requireEnv(ENV.eventLogTable))),
    tokens: dynamoStepTokens(client, requireEnv(ENV.stepTokensTable)),
    answers: sfnTokenAnswers(),
    master: masterSecret(requireEnv(ENV.webhookMaster)),
  }),
);
