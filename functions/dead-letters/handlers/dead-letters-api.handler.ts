import { ENV } from '../../contracts/env.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { envList, requireEnv } from '../../shared/platform/env.ts';
import { httpPipeline } from '../../shared/platform/http/http-pipeline.ts';
import { deadLetterEndpoints } from '../adapters/dead-letter-endpoints.ts';
import { dynamoLetterStore } from '../adapters/dynamo-letter-store.ts';
import { s3LargeMessages } from '../adapters/large-messages.ts';
import { letterSender } from '../adapters/letter-sender.ts';

const table = requireEnv(ENV.deadLettersTable);
const services = new Map(envList(ENV.serviceFunctions).map((one) => one.split('=') as [string, string]));

export const handler = httpPipeline(
  deadLetterEndpoints({
    letters: dynamoLetterStore({ client: dynamoClient(), table, eventLog: requireEnv(ENV.eventLogTable) }),
    messages: s3LargeMessages(requireEnv(ENV.filesBucket)),
    send: letterSender(requireEnv(ENV.stage), services),
    consumers: { inboxes: envList(ENV.inboxes), services: [...services.keys()] },
    clock: () => Date.now(),
  }),
);
