import { ENV } from '../../contracts/env.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { requireEnv } from '../../shared/platform/env.ts';
import { subscriberPipeline } from '../../shared/platform/queues/subscriber-pipeline.ts';
import { deadLetterCounter } from '../adapters/dead-letter-counter.ts';
import { dynamoOpenLetters } from '../adapters/open-letters.ts';

const queues = requireEnv(ENV.deadLetterQueues).split(',');
const count = deadLetterCounter(queues, dynamoOpenLetters(dynamoClient(), requireEnv(ENV.deadLettersTable)));

export const handler = subscriberPipeline<unknown>(count);
