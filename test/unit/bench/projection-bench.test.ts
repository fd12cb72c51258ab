import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchWriteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import type { Writes } from '../../../bench/counted-writes.ts';
import { countedWrites } from '../../../bench/counted-writes.ts';
import type { ProjectionFigures } from '../../../bench/projection-figures.ts';
import { projectionFigures, projectionRows, projectionTable, writesARow } from '../../../bench/projection-figures.ts';
import type { MeasuredProjections, ProjectionRound } from '../../../bench/projection-rounds.ts';
import { projectionRounds } from '../../../bench/projection-rounds.ts';
import { taskCommits } from '../../../bench/task-log.ts';
import { READ_MODELS } from '../../../functions/projections/domain/read-models.ts';
import { storedEvents } from '../../../functions/shared/platform/log/stored-event.ts';
import type { ReadModelStore } from '../../../functions/shared/platform/read-models/read-models.ts';
import { memoryEventLog } from '../../support/log/memory-event-log.ts';
import { memoryLogScan } from '../../support/projections/memory-log-scan.ts';
import {
  memoryFailedEvents,
  memoryProjectionStore,
  memorySegments,
} from '../../support/projections/memory-projections.ts';
import { memoryReadModels } from '../../support/read-models/memory-read-models.ts';

const TASKS = 50;
const NONE: Writes = { rows: 0, counts: 0, places: 0, units: 0 };

/** The same as over tables, in memory: rows and places are counted where they are written, and each look at the clock is a millisecond. */
async function inMemory(lost: (aggregateId: string) => boolean = () => false) {
  const commits = taskCommits(TASKS);
  const log = memoryEventLog();
  for (const commit of commits) await log.append(await log.load(commit.aggregateId), commit);
  let counted = { ...NONE };
  const order: string[] = [];
  const generations = new Map<string, ReadModelStore<object>>();
  const store = memoryProjectionStore();
  const segments = memorySegments();
  let ms = 0;
  const bench: MeasuredProjections = {
    ports: {
      log,
      failed: memoryFailedEvents(),
      store: {
        ...store,
        async write(...state) {
          counted.places += 1;
          order.push(
            state[1].rebuild === undefined ? `live ${state[1].generation}` : `fill ${state[1].rebuild.generation}`,
          );
          return store.write(...state);
        },
        async advance(...place) {
          counted.places += 1;
          return store.advance(...place);
        },
      },
      segments: {
        ...segments,
        async save(...segment) {
          counted.places += 1;
          return segments.save(...segment);
        },
      },
      scan: memoryLogScan(() => commits.filter(({ aggregateId }) => !lost(aggregateId)), 1000),
      rowsOf(name, generation) {
        const key = `${name} ${generation}`;
        const rows = generations.get(key) ?? memoryReadModels(READ_MODELS[name].model);
        generations.set(key, rows);
        return {
          ...rows,
          async put(...row) {
            counted.rows += 1;
            return rows.put(...row);
          },
        };
      },
      now: () => new Date(0).toISOString(),
    },
    writes: {
      take() {
        const taken = counted;
        counted = { ...NONE };
        return taken;
      },
    },
    events: commits.flatMap(storedEvents),
    clock: () => (ms += 1),
  };
  return { bench, order, rows: (name: string, generation: number) => generations.get(`${name} ${generation}`) };
}

describe('the log of the bench', () => {
  it('has the whole story of each task, each event in a commit of its own, in the order of the log', () => {
    const commits = taskCommits(3);
    expect(commits.map(({ version, lastVersion, events }) => [version, lastVersion, events[0]?.type])).toEqual(
      Array(3)
        .fill(['TaskCreated', 'TaskAssigned', 'TaskReleased', 'TaskCancelled'])
        .flatMap((story: string[]) => story.map((type, at) => [at + 1, at + 1, type])),
    );
    const positions = commits.map(({ position }) => position);
    expect(positions.toSorted()).toEqual(positions);
    expect(new Set(commits.map(({ commitId }) => commitId)).size).toBe(commits.length);
  });
});

describe('the rounds', () => {
  it('bring some events live and rebuild all of them, and count what each writes', async () => {
    const { bench, rows } = await inMemory();
    const rounds = await projectionRounds(bench, 'tasks', { rounds: 3, liveEvents: 40 });
    expect(rounds).toHaveLength(3);
    for (const { live, rebuild } of rounds) {
      expect(live).toMatchObject({ events: 40, halves: [1, 1], writes: { rows: 40, places: 40 } });
      // 16 segments, the state when it begins and when it switches; a page's last row is brought up to the log.
      expect(rebuild).toMatchObject({ ms: 1, writes: { rows: TASKS, places: 18 } });
    }
    const { items } = (await rows('tasks', 3)?.query({ where: {}, limit: 100 })) ?? { items: [] };
    expect(items).toHaveLength(TASKS);
    expect(items[0]).toMatchObject({ status: 'cancelled', version: 4 });
  });

  it('warm both up, and take turns in which of them is first', async () => {
    const { bench, order } = await inMemory();
    await projectionRounds(bench, 'tasks', { rounds: 3, liveEvents: 8 });
    // The second of two writes of a rebuild is its switch, after which its rows are read.
    const rebuild = (generation: number) => [`fill ${generation}`, `live ${generation}`];
    expect(order).toEqual([
      ...[...rebuild(1), 'live 2'],
      ...['live 2', ...rebuild(3)],
      ...[...rebuild(4), 'live 2'],
      ...['live 2', ...rebuild(5)],
    ]);
  });

  it('hold for the projection with counts too', async () => {
    const { bench, rows } = await inMemory();
    await projectionRounds(bench, 'task-counts', { rounds: 1, liveEvents: 40 });
    expect(await rows('task-counts', 3)?.counts()).toMatchObject({ code_generation: { cancelled: TASKS } });
  });

  it('stop where a rebuild did less than it should: it would be a fast one', async () => {
    const { bench } = await inMemory((aggregateId) => aggregateId.endsWith('7'));
    const rounds = projectionRounds(bench, 'tasks', { rounds: 1, liveEvents: 8 });
    await expect(rounds).rejects.toThrow(`The rebuild of tasks wrote ${TASKS - 5} rows of ${TASKS}`);
  });

  it('need events of their own: one that comes a second time is not applied', async () => {
    const { bench } = await inMemory();
    const rounds = projectionRounds(bench, 'tasks', { rounds: 5, liveEvents: 40 });
    await expect(rounds).rejects.toThrow('too few events');
  });
});

describe('counted writes', () => {
  const tables = { readModels: 'rows', projections: 'states' };

  /** A client that answers at once, each write with two units. */
  function counted() {
    const credentials = { accessKeyId: 'none', secretAccessKey: 'none' };
    const client = DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'us-east-1', credentials }));
    const asked: unknown[] = [];
    client.middlewareStack.add(
      () => async (args) => {
        asked.push((args.input as { ReturnConsumedCapacity?: string }).ReturnConsumedCapacity);
        return { response: {}, output: { $metadata: {}, ConsumedCapacity: { CapacityUnits: 2 } } } as never;
      },
      { step: 'build' },
    );
    return { client, asked, writes: countedWrites(client, tables) };
  }

  const Key = { id: 'a' };
  const update = (TableName: string) => ({ TableName, Key, UpdateExpression: 'SET x = y' });

  it('are told apart by their tables, item by item, with their units; reads are none', async () => {
    const { client, asked, writes } = counted();
    await client.send(new GetCommand({ TableName: 'rows', Key }));
    await client.send(new PutCommand({ TableName: 'rows', Item: Key }));
    await client.send(new PutCommand({ TableName: 'states', Item: Key }));
    await client.send(new UpdateCommand(update('states')));
    const Put = { TableName: 'rows', Item: Key };
    await client.send(
      new TransactWriteCommand({ TransactItems: [{ Put }, { Update: update('rows') }, { Update: update('rows') }] }),
    );
    expect(asked).toEqual([undefined, 'TOTAL', 'TOTAL', 'TOTAL', 'TOTAL']);
    expect(writes.take()).toEqual({ rows: 2, counts: 2, places: 2, units: 8 });
    expect(writes.take()).toEqual(NONE);
  });

  it('stop at what they do not know', async () => {
    const { client } = counted();
    await expect(client.send(new PutCommand({ TableName: 'other', Item: Key }))).rejects.toThrow('wrote to other');
    const batch = new BatchWriteCommand({ RequestItems: { rows: [{ PutRequest: { Item: Key } }] } });
    await expect(client.send(batch)).rejects.toThrow('asked for BatchWriteItem');
  });
});

describe('the figures', () => {
  const events = taskCommits(10).flatMap(storedEvents);
  const round = (halves: [number, number], ms: number, places = 1): ProjectionRound => ({
    live: { events: 20, halves, writes: { ...NONE, rows: 20, places: 20, units: 60 } },
    rebuild: { ms, writes: { ...NONE, rows: 10, places, counts: 5, units: 30 } },
  });

  it('set a rebuild beside the live path of as many events, round by round', () => {
    const figures = projectionFigures('tasks', events, [round([10, 10], 8), round([30, 10], 8), round([8, 8], 8)]);
    expect(figures).toMatchObject({
      name: 'tasks',
      events: 40,
      rows: 10,
      rounds: 3,
      liveEvents: 20,
      liveMsAnEvent: { median: 1, least: 0.8, most: 2 },
      rebuildMs: { median: 8, least: 8, most: 8 },
      // 8 ms over 40 events of 1, 2 and 0.8 ms
      ratio: { median: 0.2, least: 0.1, most: 0.25 },
      noise: { median: 1, least: 1, most: 3 },
      live: { rows: 20, places: 20 },
    });
  });

  it('tell the writes of the round that wrote most, counts apart', () => {
    const figures = projectionFigures('tasks', events, [round([1, 1], 1), round([1, 1], 1, 3)]);
    expect(figures.rebuild).toEqual({ rows: 10, counts: 5, places: 3, units: 30 });
    expect(writesARow(figures)).toBe(1.3);
  });

  it('are none where nothing was measured', () => {
    expect(() => projectionFigures('tasks', events, [])).toThrow('Nothing');
  });

  const cells = (figures: ProjectionFigures[], what: string) =>
    projectionTable(figures).rows.find(([first]) => first?.startsWith(what));

  it('stand in a table, the first projection beside the targets', () => {
    const tasks = projectionFigures('tasks', events, [round([10, 10], 4)]);
    const counts = projectionFigures('task-counts', events, [round([20, 20], 20)]);
    const both = [tasks, counts];
    expect(projectionTable(both).title).toContain('40 events of 10 tasks');
    expect(projectionTable(both).rows.every((row) => row.length === 4)).toBe(true);
    expect(cells(both, 'live: ms an event')).toEqual([
      'live: ms an event',
      '1.00 (1.00 to 1.00)',
      '2.00 (2.00 to 2.00)',
      '',
    ]);
    expect(cells(both, 'live: s for all')?.[1]).toBe('0.0 (0.0 to 0.0)');
    expect(cells(both, 'rebuild over live')?.slice(1)).toEqual([
      '0.100 (0.100 to 0.100)',
      '0.250 (0.250 to 0.250)',
      '≤ 0.25: met',
    ]);
    expect(cells(both, 'rebuild: writes a row')?.slice(1)).toEqual(['1.100', '1.100', '≤ 1.1: met']);
    expect(cells(both, 'rebuild: changes of counts')?.slice(1)).toEqual(['0.500', '0.500', '']);
    expect(cells(both, 'live: writes an event')?.[1]).toBe('2.000');
    expect(cells(both, 'live: write units')?.[1]).toBe('3.00');
  });

  it('say plainly that a target is missed, and refuse a verdict where rounds differ within the noise', () => {
    const missed = projectionFigures('tasks', events, [round([10, 10], 20, 2)]);
    expect(cells([missed], 'rebuild over live')?.at(-1)).toBe('≤ 0.25: NOT met');
    expect(cells([missed], 'rebuild: writes a row')?.at(-1)).toBe('≤ 1.1: NOT met');
    const verdictOn = (...rounds: ProjectionRound[]) =>
      cells([projectionFigures('tasks', events, rounds)], 'rebuild over live')?.at(-1);
    expect(verdictOn(round([15, 5], 9), round([15, 5], 8), round([15, 5], 11))).toBe('≤ 0.25: within the noise');
    expect(verdictOn(round([15, 5], 9), round([15, 5], 8))).toBe('≤ 0.25: met');
    expect(verdictOn(round([10, 10], 4), round([10, 10], 4), round([10, 10], 11))).toBe('≤ 0.25: met');
  });

  it('are told in brief by README.md', () => {
    const tasks = projectionFigures('tasks', events, [round([10, 10], 4)]);
    expect(projectionRows([tasks])).toEqual([
      ['a rebuild of 40 events by two workers, its time over that of the live path', '0.10', '≤ 0.25'],
      ['writes of that rebuild for each row', '1.10', '≤ 1.1'],
    ]);
    expect(projectionRows([])).toEqual([]);
  });
});
