import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Lambdas } from '../../support/delivery/lambdas.ts';
import { Queue } from '../../support/delivery/queue.ts';
import { Stream } from '../../support/delivery/stream.ts';
import type { StreamSource } from '../../support/delivery/stream-source.ts';
import { streamSource } from '../../support/delivery/stream-source.ts';
import type { Weather } from '../../support/delivery/world.ts';
import { World } from '../../support/delivery/world.ts';
import { commitOf } from '../../support/log/commits.ts';

afterEach(() => {
  vi.useRealTimers();
});

const HOUR_MS = 3_600_000;
/** What a function says to the batch of these sequence numbers: which it reports, or that it throws. */
type Answer = (sequences: string[]) => string[] | Error;

/** A stream with one shard and so many commits, and the batches in which it was delivered. */
function delivered(answer: Answer, weather: Partial<Weather> = {}, overrides: Partial<StreamSource> = {}) {
  const world = new World(1, weather);
  const stream = new Stream(world, 1);
  const letters = new Queue(world, { name: 'letters', visibilityTimeout: 30 });
  const batches: string[][] = [];
  const fn = new Lambdas(world).deploy<DynamoDBStreamEvent, DynamoDBBatchResponse>('fn', {}, () => async (event) => {
    const sequences = event.Records.map(({ dynamodb }) => dynamodb?.SequenceNumber ?? '');
    batches.push(sequences);
    const said = answer(sequences);
    if (said instanceof Error) throw said;
    return { batchItemFailures: said.map((itemIdentifier) => ({ itemIdentifier })) };
  });
  const attach = () =>
    streamSource(world, { stream, fn, batchSize: 100, bisectBatchOnError: true, onFailure: letters, ...overrides });
  const write = (count: number) => {
    for (let version = 0; version < count; version += 1) stream.write(commitOf('a', version, 'x'));
  };
  return { world, batches, letters, attach, write };
}

/** All at once, so that the size of a batch is not left to chance. */
async function firstBatches(answer: Answer, count: number, times: number): Promise<string[][]> {
  const { world, batches, attach, write } = delivered((sequences) => (batches.length > times ? [] : answer(sequences)));
  vi.spyOn(world, 'whole').mockImplementation((_, high) => high);
  write(count);
  attach();
  await world.clock.run();
  return batches;
}

describe('the event source of a stream', () => {
  it('brings halves of a batch that failed, in order, until the bad record stands alone', async () => {
    const isBad = (sequences: string[]) => (sequences.includes('3') ? new Error('bad') : []);
    expect(await firstBatches(isBad, 4, 4)).toEqual([
      ['1', '2', '3', '4'],
      ['1', '2'],
      ['3', '4'],
      ['3'],
      ['3'],
      ['4'],
    ]);
  });

  it('brings everything again from the lowest reported record on, what went well behind it too', async () => {
    expect(await firstBatches(() => ['4', '2'], 5, 1)).toEqual([
      ['1', '2', '3', '4', '5'],
      ['2', '3', '4', '5'],
    ]);
  });

  it('takes a report of what it did not bring for a failure of all', async () => {
    expect(await firstBatches(() => ['7'], 2, 1)).toEqual([['1', '2'], ['1'], ['2']]);
  });

  it('forgets after a day what nobody read, and says nothing', async () => {
    const { world, batches, letters, attach, write } = delivered(() => []);
    write(3);
    await world.clock.run(25 * HOUR_MS);
    write(1);
    attach();
    await world.clock.run();
    expect([batches, letters.bodies]).toEqual([[['4']], []]);
  });

  it.each([
    { limit: 'the day of the stream', hours: 24, overrides: {} },
    { limit: 'its maximum age', hours: 2, overrides: { maximumRecordAge: 2 * HOUR_MS } },
  ])(
    'gives up after $limit what fails, and tells which records, not what was in them',
    async ({ hours, overrides }) => {
      const bad: Answer = (sequences) => (sequences.includes('1') ? new Error('bad') : []);
      const { world, batches, letters, attach, write } = delivered(
        bad,
        {},
        { bisectBatchOnError: false, ...overrides },
      );
      vi.spyOn(world, 'time').mockReturnValue(HOUR_MS / 4);
      const begin = world.clock.now;
      write(1);
      attach();
      await world.clock.run(HOUR_MS / 2);
      write(1);
      await world.clock.run();
      expect(batches.at(-1)).toEqual(['2']);
      expect((world.clock.now - begin) / HOUR_MS).toBeGreaterThan(hours);
      expect(letters.bodies.map((body) => JSON.parse(body))).toEqual([
        { version: '1.0', DDBStreamBatchInfo: { batchSize: 1, startSequenceNumber: 1, endSequenceNumber: 1 } },
      ]);
    },
  );

  it('brings a batch again whose checkpoint was lost, cut anew', async () => {
    const { world, batches, attach, write } = delivered(() => [], { recordsAgain: 1 });
    write(10);
    attach();
    world.clearsUpIn(1000);
    await world.clock.run();
    expect(new Set(batches.map(({ length }) => length)).size).toBeGreaterThan(1);
    expect(batches.filter(([first]) => first === '1').length).toBeGreaterThan(1);
    expect(batches.at(-1)?.at(-1)).toBe('10');
  });
});
