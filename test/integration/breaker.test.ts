import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it, vi } from 'vitest';
import { ENV } from '../../functions/contracts/env.ts';
import { breakerIdOf } from '../../functions/shared/platform/breaker/breaker-commit.ts';
import { failed, openedByHand, UNTOUCHED } from '../../functions/shared/platform/breaker/breaker-record.ts';
import { dynamoServiceStore, PARTS } from '../../functions/shared/platform/breaker/dynamo-service-store.ts';
import { dynamoClient } from '../../functions/shared/platform/dynamo-client.ts';
import { dynamoEventLog } from '../../functions/shared/platform/log/dynamo-event-log.ts';
import type { CallerReport } from '../support/breaker/breaker-caller.ts';
import { BreakerCloud } from '../support/breaker/breaker-cloud.ts';
import { loseTransactions } from '../support/breaker/lost-transactions.ts';
import { serviceStoreContract } from '../support/breaker/service-store-contract.ts';
import { CONFIG } from '../support/breaker/wishes.ts';
import { historyOfAggregate, output } from '../support/cloud/cloud.ts';
import { ThrowAway } from '../support/cloud/throw-away.ts';
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

describe('twenty environments at once', () => {
  const ENVIRONMENTS = 20;
  const config = { failureThreshold: 5, successThreshold: 2, timeout: 15_000, monitoringPeriod: 60_000 };
  const reachedIn = (reports: CallerReport[]) => reports.flatMap(({ reached }) => reached);
  const refusedIn = (reports: CallerReport[]) => reports.reduce((sum, { refused }) => sum + refused, 0);

  it('share one breaker: it opens once, one of all tries, and it closes for all', async () => {
    await using things = new ThrowAway('breaker');
    const cloud = await BreakerCloud.create(things, config, ENVIRONMENTS);
    const turns = async () => (await historyOfAggregate(breakerIdOf(cloud.service))).map(({ type }) => type);

    const well = await cloud.call({ isWell: true, forMs: 500, gapMs: 200, callMs: 20 }, 6000);
    expect(new Set(well.map(({ environment }) => environment)).size).toBe(ENVIRONMENTS);
    expect(reachedIn(well).length).toBeGreaterThanOrEqual(ENVIRONMENTS);
    expect(refusedIn(well)).toBe(0);

    // Until everybody has heard of it: what is known may be 1.5 s old, and an answer late.
    const failing: CallerReport[] = [];
    let last: CallerReport[];
    do {
      last = await cloud.call({ isWell: false, forMs: 2000, gapMs: 300, callMs: 20 }, 500);
      failing.push(...last);
    } while (reachedIn(last).length > 0 && failing.length < 5 * ENVIRONMENTS);
    expect(reachedIn(failing).length).toBeGreaterThanOrEqual(config.failureThreshold);
    expect(reachedIn(failing).length).toBeLessThanOrEqual(config.failureThreshold + ENVIRONMENTS);
    expect(await turns()).toEqual(['BreakerOpened']);
    expect(reachedIn(last)).toEqual([]);
    expect(refusedIn(last)).toBeGreaterThanOrEqual(ENVIRONMENTS);

    const retryAt = await cloud.retryAt();
    expect(Date.now()).toBeLessThan(retryAt);
    await sleep(retryAt - Date.now());
    const trying = await cloud.call({ isWell: true, forMs: 6000, gapMs: 250, callMs: 500 }, 500);
    expect(await turns()).toEqual(['BreakerOpened', 'BreakerHalfOpened', 'BreakerClosed']);
    const [first, second, third] = reachedIn(trying).toSorted((a, b) => a.at - b.at);
    expect(second?.at).toBeGreaterThanOrEqual(first?.until ?? Infinity);
    expect(third?.at).toBeGreaterThanOrEqual(second?.until ?? Infinity);

    const closed = await cloud.call({ isWell: true, forMs: 500, gapMs: 200, callMs: 20 }, 2000);
    expect(refusedIn(closed)).toBe(0);
    expect(reachedIn(closed).length).toBeGreaterThanOrEqual(ENVIRONMENTS);
  });
});
