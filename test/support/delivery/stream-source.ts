import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import type { LambdaFunction, Outcome } from './lambdas.ts';
import type { Queue } from './queue.ts';
import type { Shard, Stream, StreamEntry } from './stream.ts';
import type { World } from './world.ts';

export interface StreamSource {
  stream: Stream;
  fn: LambdaFunction<DynamoDBStreamEvent, DynamoDBBatchResponse>;
  batchSize: number;
  bisectBatchOnError: boolean;
  /** Gets what is known of records that were given up, never the records. */
  onFailure: Queue;
  /** In ms; without it, failed records are tried until the stream forgets them. */
  maximumRecordAge?: number;
}

/** DynamoDB developer guide, "Change data capture for DynamoDB Streams": records are kept for a day. */
const DAY_MS = 24 * 3600 * 1000;

/** Before a new record is seen, and before a failed batch is tried again, at most. */
const POLL_MS = 250;
const RETRY_MS = 1000;

/**
 * A DynamoDB event source with ReportBatchItemFailures: a batch at a time per shard, the next one only behind it. From the lowest
 * reported record on everything comes again; a batch whose function threw or died comes again whole, or in halves (Lambda developer
 * guide, "Configuring from the lowest record on response with DynamoDB and Lambda", "Retain discarded records for a DynamoDB event source").
 */
export function streamSource(world: World, source: StreamSource): void {
  for (const shard of source.stream.shards) {
    const poller = new Poller(world, source, shard);
    shard.onRecord = () => poller.wake();
    poller.wake();
  }
}

class Poller {
  readonly #world: World;
  readonly #source: StreamSource;
  readonly #shard: Shard;
  /** How the records at the front are cut that were tried already. */
  #cuts: number[] = [];
  #isAwake = false;

  constructor(world: World, source: StreamSource, shard: Shard) {
    this.#world = world;
    this.#source = source;
    this.#shard = shard;
  }

  wake(): void {
    if (this.#isAwake) return;
    this.#isAwake = true;
    this.#world.clock.in(this.#world.time(POLL_MS), () => void this.#poll());
  }

  async #poll(): Promise<void> {
    for (let batch = this.#next(); batch.length > 0; batch = this.#next()) {
      this.#cuts[0] = batch.length;
      const done = handled(batch, await this.#source.fn.invoke({ Records: batch.map(({ record }) => record) }));
      if (done === 'failed') this.#halve(batch.length);
      else if (done < batch.length) this.#begin(done);
      else if (this.#world.strikes('recordsAgain')) this.#cuts = [];
      else this.#pass(batch.length);
      if (done !== batch.length) await this.#world.clock.sleep(this.#world.time(RETRY_MS));
    }
    this.#isAwake = false;
  }

  #next(): StreamEntry[] {
    this.#giveUp(this.#source.maximumRecordAge ?? DAY_MS);
    this.#pass(this.#olderThan(DAY_MS).length);
    if (this.#cuts.length > 0 && this.#world.strikes('recut')) this.#cuts = [];
    return this.#shard.entries.slice(0, this.#cuts[0] ?? this.#world.whole(1, this.#source.batchSize));
  }

  #halve(length: number): void {
    const half = this.#source.bisectBatchOnError ? Math.floor(length / 2) : 0;
    if (half > 0) this.#cuts.splice(0, 1, half, length - half);
    this.#world.tally.add(half > 0 ? 'bisected' : 'batch again');
  }

  #begin(done: number): void {
    this.#pass(done);
    this.#world.tally.add('from the lowest record on');
  }

  /** Records that were tried in vain for so long. */
  #giveUp(age: number): void {
    const tried = this.#cuts.reduce((sum, cut) => sum + cut, 0);
    const given = this.#olderThan(age).slice(0, tried);
    const [first, last] = [given[0], given.at(-1)];
    if (first === undefined || last === undefined) return;
    const about = { batchSize: given.length, startSequenceNumber: first.sequence, endSequenceNumber: last.sequence };
    this.#source.onFailure.send(JSON.stringify({ version: '1.0', DDBStreamBatchInfo: about }));
    this.#pass(given.length);
  }

  #olderThan(age: number): StreamEntry[] {
    return this.#shard.entries.filter(({ writtenAt }) => writtenAt < this.#world.clock.now - age);
  }

  /** The checkpoint moves on by so many records. */
  #pass(count: number): void {
    this.#shard.entries.splice(0, count);
    for (let passed = count; passed > 0 && this.#cuts.length > 0; ) {
      const [cut = 0, ...others] = this.#cuts;
      this.#cuts = cut > passed ? [cut - passed, ...others] : others;
      passed -= Math.min(cut, passed);
    }
  }
}

/** How many of a batch, from its beginning, need not come again. An answer that names a record that was not sent is none. */
function handled(batch: readonly StreamEntry[], outcome: Outcome<DynamoDBBatchResponse>): number | 'failed' {
  if ('error' in outcome) return 'failed';
  const failed = outcome.answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  const places = failed.map((id) => batch.findIndex(({ sequence }) => String(sequence) === id));
  return places.includes(-1) ? 'failed' : Math.min(batch.length, ...places);
}
