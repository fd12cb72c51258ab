import { ENV } from '../../contracts/env.ts';
import { ownServiceStore } from '../../shared/platform/breaker/own-breaker.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { requireEnv } from '../../shared/platform/env.ts';
import { httpPipeline } from '../../shared/platform/http/http-pipeline.ts';
import { contractEndpoints } from '../adapters/contract-endpoints.ts';
import { contractTestQueue } from '../adapters/contract-test-queue.ts';
import { dynamoContractTests } from '../adapters/contract-tests.ts';
import { dynamoServiceRegistry } from '../adapters/service-registry.ts';

const client = dynamoClient();
const table = requireEnv(ENV.servicesTable);

export const handler = httpPipeline(
  contractEndpoints({
    registry: dynamoServiceRegistry({ client, table }),
    store: ownServiceStore(client),
    tests: dynamoContractTests(client, table),
    order: contractTestQueue(requireEnv(ENV.contractTestsQueue)),
  }),
);
