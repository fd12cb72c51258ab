import { randomUUID } from 'node:crypto';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { ENV } from '../../../contracts/env.ts';
import { requireEnv } from '../env.ts';
import { CircuitBreaker } from './circuit-breaker.ts';
import { systemClock } from './clock.ts';
import { dynamoServiceStore } from './dynamo-service-store.ts';

/** The breaker of this environment: one, made where its function starts. */
export function ownBreaker(client: DynamoDBDocumentClient): CircuitBreaker {
  const store = dynamoServiceStore({
    client,
    table: requireEnv(ENV.servicesTable),
    eventLog: requireEnv(ENV.eventLogTable),
  });
  return new CircuitBreaker({ store, clock: systemClock, instance: randomUUID() });
}
