import { ENV } from '../../contracts/env.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { requireEnv } from '../../shared/platform/env.ts';
import { dynamoEventLog } from '../../shared/platform/log/dynamo-event-log.ts';
import { subscriberPipeline } from '../../shared/platform/queues/subscriber-pipeline.ts';
import { sagaLog } from '../../shared/platform/sagas/saga-log.ts';
import { dynamoStepTokens } from '../../shared/platform/sagas/step-tokens.ts';
import { sfnTokenAnswers } from '../../shared/platform/sagas/token-answers.ts';
import { sagaCanceller } from '../adapters/cancelled-saga.ts';

const client = dynamoClient();

export const handler = subscriberPipeline(
  sagaCanceller({
    sagas: sagaLog(dynamoEventLog(client, requireEnv(ENV.eventLogTable))),
    tokens: dynamoStepTokens(client, requireEnv(ENV.stepTokensTable)),
    answers: sfnTokenAnswers(),
    machines: requireEnv(ENV.sagaMachines),
  }),
);
