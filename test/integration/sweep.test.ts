import { randomUUID } from 'node:crypto';
import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { ENV } from '../../functions/contracts/env.ts';
import { dynamoPublicationMarks } from '../../functions/events/adapters/publication-marks.ts';
import { dynamoSweepCheckpoints } from '../../functions/events/adapters/sweep-checkpoints.ts';
import { dynamoUnmarkedCommits } from '../../functions/events/adapters/unmarked-commits.ts';
import type { CommitKey } from '../../functions/shared/kernel/commit-place.ts';
import { dynamoClient } from '../../functions/shared/platform/dynamo-client.ts';
import { dynamoCommitOrder } from '../../functions/shared/platform/log/commit-order.ts';
import { dynamoEventLog } from '../../functions/shared/platform/log/dynamo-event-log.ts';
import type { Commit } from '../../functions/shared/platform/log/event-log.ts';
import { output } from '../support/cloud/cloud.ts';
import { DeployedFunction, TICK } from '../support/cloud/deployed-function.ts';
import { tableLike } from '../support/log/table-like.ts';
import { sweepStoresContract } from '../support/publisher/sweep-stores-contract.ts';

const client = dynamoClient();
const sweep = await DeployedFunction.find('SweepEventsFnFunction');
const logTable = output('EventLogTable');
const marksTable = await sweep.variable(ENV.marksTable);

describe('in DynamoDB', () => {
  const tables = Promise.all([tableLike(logTable), tableLike(marksTable)]);
  sweepStoresContract(async () => {
    const [log, marks] = await tables;
    return {
      log: dynamoEventLog(client, log),
      order: dynamoCommitOrder(client, log),
      marks: {
        mark: dynamoPublicationMarks(client, marks),
        unmarked: dynamoUnmarkedCommits(client, marks),
        checkpoints: dynamoSweepCheckpoints(client, marks),
      },
    };
  });
});

describe('the deployed sweep, with the grants that it has', () => {
  const aggregateId = `saga_sweep-${randomUUID()}`;
  const commits: Commit[] = [];
  const unmarked = () => dynamoUnmarkedCommits(client, marksTable)(commits);
  const untilMarked = () =>
    vi.waitFor(async () => expect(await unmarked()).toEqual([]), { timeout: 20_000, interval: 200 });

  async function remove(table: string): Promise<void> {
    const keys: CommitKey[] = commits.map(({ version }) => ({ aggregateId, version }));
    const RequestItems = { [table]: keys.map((Key) => ({ DeleteRequest: { Key } })) };
    await client.send(new BatchWriteCommand({ RequestItems }));
  }
  afterAll(async () => {
    await remove(logTable);
    await remove(marksTable);
  });

  /** Old enough for a sweep, and younger than any checkpoint can be. Nobody listens to such an event. */
  async function store(index: number): Promise<void> {
    const old = Date.now() - 17 * 60_000;
    const log = dynamoEventLog(client, logTable, { now: () => old });
    const commit = await log.append(await log.load(aggregateId), {
      commitId: `cmd_${randomUUID()}`,
      committedAt: new Date(old).toISOString(),
      events: [{ type: 'SagaStepStarted', data: { stepId: `step-${index}` } }],
      metadata: { correlationId: `corr_${aggregateId}`, traceId: '1-5759e988-bd862e3fe1be46a994272793' },
    });
    if (commit !== 'conflict') commits.push(commit);
  }

  it('publishes what has no mark, and marks it', async () => {
    for (const index of [1, 2, 3]) await store(index);
    await untilMarked();
    await remove(marksTable);
    expect(await unmarked()).toEqual(commits);
    expect(await sweep.call(TICK)).toEqual({ batchItemFailures: [] });
    expect(await unmarked()).toEqual([]);
  });
});
