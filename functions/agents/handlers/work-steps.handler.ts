import { ENV } from '../../contracts/env.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { requireEnv } from '../../shared/platform/env.ts';
import { dynamoEventLog } from '../../shared/platform/log/dynamo-event-log.ts';
import { subscriberPipeline } from '../../shared/platform/queues/subscriber-pipeline.ts';
import { sagaLog } from '../../shared/platform/sagas/saga-log.ts';
import { stepCompletions } from '../../shared/platform/sagas/step-completions.ts';
import { dynamoStepTokens } from '../../shared/platform/sagas/step-tokens.ts';
import { sfnTokenAnswers } from '../../shared/platform/sagas/token-answers.ts';
import { workSteps } from '../adapters/work-steps.ts';
import { worksIn } from '../adapters/works.ts';

const client = dynamoClient();
const log = dynamoEventLog(client, requireEnv(ENV.eventLogTable));
const completions = stepCompletions({
  sagas: sagaLog(log),
  tokens: dynamoStepTokens(client, requireEnv(ENV.stepTokensTable)),
  answers: sfnTokenAnswers(),
});

export const handler = subscriberPipeline(
  workSteps(
    worksIn(log, () => new Date().toISOString()),
    completions,
  ),
);
