import { ENV } from '../../contracts/env.ts';
import { ownServiceStore } from '../../shared/platform/breaker/own-breaker.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { requireEnv } from '../../shared/platform/env.ts';
import { addressRules } from '../../shared/platform/outgoing/address-rules.ts';
import { guardedRequest } from '../../shared/platform/outgoing/guarded-request.ts';
import { callHttpService } from '../../shared/platform/outgoing/http-service.ts';
import { subscriberPipeline } from '../../shared/platform/queues/subscriber-pipeline.ts';
import type { ContractTestOrder } from '../adapters/contract-endpoints.ts';
import { contractTestRunner } from '../adapters/contract-test-runner.ts';
import { dynamoContractTests } from '../adapters/contract-tests.ts';
import { dynamoServiceRegistry } from '../adapters/service-registry.ts';

const client = dynamoClient();
const table = requireEnv(ENV.servicesTable);
const request = guardedRequest(addressRules());

export const handler = subscriberPipeline<ContractTestOrder>(
  contractTestRunner({
    registry: dynamoServiceRegistry({ client, table }),
    store: ownServiceStore(client),
    tests: dynamoContractTests(client, table),
    call: (one) => callHttpService({ ...one, request }),
  }),
);
