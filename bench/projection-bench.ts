import { randomUUID } from 'node:crypto';
import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { ProjectionName } from '../functions/contracts/projections.ts';
import { REBUILD_SEGMENTS } from '../functions/contracts/projections.ts';
import { dynamoSegments } from '../functions/projections/adapters/dynamo-segments.ts';
import type { ProjectionTables } from '../functions/projections/adapters/own-projections.ts';
import { projectionsIn } from '../functions/projections/adapters/own-projections.ts';
import { dynamoClient } from '../functions/shared/platform/dynamo-client.ts';
import { dynamoLogScan } from '../functions/shared/platform/log/log-scan.ts';
import { storedEvents } from '../functions/shared/platform/log/stored-event.ts';
import { countedWrites } from './counted-writes.ts';
import type { ProjectionFigures } from './projection-figures.ts';
import { projectionFigures } from './projection-figures.ts';
import type { MeasuredProjections, ProjectionPlan } from './projection-rounds.ts';
import { projectionRounds } from './projection-rounds.ts';
import { createTableLike } from './table-like.ts';
import { EVENTS_A_TASK, storeCommits, taskCommits } from './task-log.ts';

/** The first is held against the targets; the other shows what counts take. */
const ROUNDS: readonly (readonly [ProjectionName, number])[] = [
  ['tasks', 7],
  ['task-counts', 1],
];
/** Of all events, those that come live in one round: all of them one by one would take minutes. */
const LIVE_PART = 0.1;

/** Rebuilds read models of so many events of tasks, beside the live path, in tables of their own that are like the deployed ones. */
export async function benchProjections(deployed: ProjectionTables, events: number): Promise<ProjectionFigures[]> {
  await using tables = await tablesLike(deployed);
  const bench = await measuredIn(tables.names, events / EVENTS_A_TASK);
  const figures: ProjectionFigures[] = [];
  for (const [name, rounds] of ROUNDS) {
    const plan: ProjectionPlan = { rounds, liveEvents: events * LIVE_PART };
    figures.push(projectionFigures(name, bench.events, await projectionRounds(bench, name, plan)));
  }
  return figures;
}

async function measuredIn(tables: ProjectionTables, tasks: number): Promise<MeasuredProjections> {
  const client = dynamoClient();
  const commits = taskCommits(tasks);
  await storeCommits(client, tables.eventLog, commits);
  const writes = countedWrites(client, tables);
  const scan = dynamoLogScan(client, tables.eventLog, REBUILD_SEGMENTS);
  const segments = dynamoSegments({ client, table: tables.projections });
  return {
    ports: { ...projectionsIn(client, tables), scan, segments },
    writes,
    events: commits.flatMap(storedEvents),
    clock: () => performance.now(),
  };
}

async function tablesLike(deployed: ProjectionTables): Promise<AsyncDisposable & { names: ProjectionTables }> {
  const client = new DynamoDBClient({});
  const id = randomUUID();
  const names = {
    projections: `bench-${id}-projections`,
    readModels: `bench-${id}-read-models`,
    eventLog: `bench-${id}-event-log`,
  };
  for (const table of ['projections', 'readModels', 'eventLog'] as const)
    await createTableLike(client, deployed[table], names[table]);
  return {
    names,
    async [Symbol.asyncDispose]() {
      for (const TableName of Object.values(names)) await client.send(new DeleteTableCommand({ TableName }));
    },
  };
}
