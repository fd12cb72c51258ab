import { randomUUID } from 'node:crypto';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { ENV } from '../../../contracts/env.ts';
import { requireEnv } from '../env.ts';
import { CircuitBreaker } from './circuit-breaker.ts';
import { systemClock } from './clock.ts';
import { dynamoServiceStore } from './dynamo-service-store.ts';
import type { ServiceStore } from './service-store.ts';

/** The store of services of this environment's stage. */
export function ownServiceStore(client: DynamoDBDocumentClient): ServiceStore {
  return dynamoServiceStore({
    client,
    table: requireEnv(ENV.servicesTable),
    eventLog: requireEnv(ENV.eventLogTable),
  });
}

/** The breaker of this environment: one, made where its function starts. */
export function ownBreaker(store: ServiceStore): CircuitBreaker {
  return new CircuitBreaker({ store, clock: systemClock, instance: randomUUID() });
}
