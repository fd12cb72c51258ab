import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it, vi } from 'vitest';
import { ENV } from '../../functions/contracts/env.ts';
import { breakerIdOf } from '../../functions/shared/platform/breaker/breaker-commit.ts';
import { failed, openedByHand, UNTOUCHED } from '../../functions/shared/platform/breaker/breaker-record.ts';
import { dynamoServiceStore, PARTS } from '../../functions/shared/platform/breaker/dynamo-service-store.ts';
import { dynamoClient } from '../../functions/shared/platform/dynamo-client.ts';
import { dynamoEventLog } from '../../functions/shared/platform/log/dynamo-event-log.ts';
import { loseTransactions } from '../support/breaker/lost-transactions.ts';
import { serviceStoreContract } from '../support/breaker/service-store-contract.ts';
import { CONFIG } from '../support/breaker/wishes.ts';
import { output } from '../support/cloud/cloud.ts';
import { tableLike } from '../support/log/table-like.ts';
import { seededRandom } from '../support/seeds.ts';

// Who turns a breaker tells so by a metric of its stage.
vi.stubEnv(ENV.stage, 'local');
vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'true');

describe('the store of services in DynamoDB', () => {
  const tables = { table: tableLike(output('ServicesTable')), eventLog: tableLike(output('EventLogTable')) };
  const openWith = async (client: DynamoDBDocumentClient) => {
    const [table, eventLog] = [await tables.table, await tables.eventLog];
    return {
      store: dynamoServiceStore({ client, table, eventLog }),
      register: async (registration: object) => {
        await client.send(new PutCommand({ TableName: table, Item: { ...registration, part: PARTS.registration } }));
      },
      history: async (service: string) => (await dynamoEventLog(client, eventLog).load(breakerIdOf(service))).commits,
    };
  };

  serviceStoreContract(() => openWith(dynamoClient()));

  it('counts nothing twice where answers are lost and the SDK sends again', async () => {
    const seed = Math.floor(Math.random() * 1e9);
    const losing = new DynamoDBClient({ maxAttempts: 10 });
    const lost = loseTransactions(losing, seededRandom(seed));
    const { store, history } = await openWith(DynamoDBDocumentClient.from(losing));
    const name = `test-${randomUUID()}`;
    const rivals = Array.from({ length: 20 }, (_, rival) => rival);
    const patient = { ...CONFIG, failureThreshold: 1000 };
    await Promise.all(rivals.map((rival) => store.change(name, UNTOUCHED, failed(1e12 + rival, patient), 'corr')));
    await Promise.all(rivals.map(() => store.count(name, { success: 1, error: 2, rejected: 3 })));
    const { failures, revision } = (await store.find(name)).breaker;
    expect([failures.toSorted(), revision], `seed ${seed}`).toEqual([rivals.map((rival) => 1e12 + rival), 20]);
    expect(await store.counted(name)).toEqual({ success: 20, error: 40, rejected: 60 });
    await Promise.all(rivals.map((rival) => store.change(name, UNTOUCHED, openedByHand(1e12, `By ${rival}.`), 'corr')));
    expect((await history(name)).map(({ version }) => version)).toEqual(rivals.map((rival) => rival + 1));
    expect(lost()).toBeGreaterThan(0);
  });
});
