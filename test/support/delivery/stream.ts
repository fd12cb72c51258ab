import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import type { Commit, EventLog } from '../../../functions/shared/platform/log/event-log.ts';
import { memoryEventLog } from '../log/memory-event-log.ts';
import type { World } from './world.ts';

export interface StreamEntry {
  sequence: number;
  writtenAt: number;
  record: DynamoDBRecord;
}

/** A part of a stream: its records stand in order, those of one key all in the same one. */
export interface Shard {
  /** Written, and not yet behind the consumer's checkpoint. */
  entries: StreamEntry[];
  onRecord(): void;
}

/** The stream of the event log's table. */
export class Stream {
  readonly shards: Shard[];
  readonly #world: World;
  #sequence = 0;

  constructor(world: World, shards: number) {
    this.#world = world;
    this.shards = Array.from({ length: shards }, () => ({ entries: [], onRecord: () => undefined }));
  }

  write(commit: Commit): void {
    this.#sequence += 1;
    const entry = {
      sequence: this.#sequence,
      writtenAt: this.#world.clock.now,
      record: recordOf(commit, this.#sequence),
    };
    const shard = this.shards[placeOf(commit.aggregateId) % this.shards.length];
    shard?.entries.push(entry);
    shard?.onRecord();
  }
}

/** A log whose every new commit stands in the stream, and in `commits`. */
export function streamedLog(world: World, stream: Stream, commits: Commit[]): EventLog {
  const log = memoryEventLog();
  const written = new Set<string>();
  return {
    load: log.load,
    async append(at, commit) {
      const stored = await log.append(at, commit);
      if (stored === 'conflict') return stored;
      if (written.has(stored.position)) {
        world.tally.add('commit met itself');
        return stored;
      }
      written.add(stored.position);
      commits.push(stored);
      stream.write(stored);
      return stored;
    },
  };
}

/** A commit's insertion, as the stream tells it. */
export function recordOf(commit: Commit, sequence: number): DynamoDBRecord {
  const events = commit.events.map(({ type, data }) => ({ type, data: JSON.stringify(data) }));
  const image: Record<string, AttributeValue> = marshall({ ...commit, events, shard: 'shard-1' });
  const NewImage = image as NonNullable<NonNullable<DynamoDBRecord['dynamodb']>['NewImage']>;
  return { eventName: 'INSERT', dynamodb: { SequenceNumber: String(sequence), NewImage } };
}

function placeOf(key: string): number {
  return [...key].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
}
