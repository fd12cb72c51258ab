import type { FailedEvent } from '../../../functions/contracts/failed-event.ts';
import type { SweepPorts } from '../../../functions/events/adapters/event-sweep.ts';
import { sweepEvents } from '../../../functions/events/adapters/event-sweep.ts';
import type { PublisherPorts } from '../../../functions/events/adapters/publisher.ts';
import { publisher } from '../../../functions/events/adapters/publisher.ts';
import type { SweepReport } from '../../../functions/events/adapters/sweep-report.ts';
import type { CommitPlace } from '../../../functions/shared/kernel/commit-place.ts';
import type { NewEvent } from '../../../functions/shared/kernel/decider.ts';
import type { Commit } from '../../../functions/shared/platform/log/event-log.ts';
import { shardOf } from '../../../functions/shared/platform/log/log-shards.ts';
import type { OrderedLog } from './memory-commit-order.ts';
import { memoryOrderedLog } from './memory-commit-order.ts';
import { memoryMarks } from './memory-marks.ts';
import type { Script } from './scripted-bus.ts';
import { scriptedBus } from './scripted-bus.ts';

/** When the first tests are. */
export const START = Date.parse('2026-08-19T10:00:00.000Z');

export const MINUTE = 60_000;

/** What happens at each call of a port, around its effect. */
export type Around = <T>(call: () => Promise<T>) => Promise<T>;

const plainly: Around = (call) => call();

/** A log, its order, marks and a bus in memory, a clock that stands still unless it is moved, and who publishes between them. */
export class SweepWorld {
  time = START;
  readonly ordered: OrderedLog;
  readonly marks = memoryMarks();
  readonly bus: ReturnType<typeof scriptedBus>;
  readonly letters: FailedEvent[] = [];
  readonly swept: Commit[] = [];
  readonly left: { place: CommitPlace; error: unknown }[] = [];

  constructor(options: { script?: Script; isShown?: (commit: Commit) => boolean } = {}) {
    this.ordered = memoryOrderedLog(options.isShown);
    this.bus = scriptedBus(options.script ?? (() => [{}]));
  }

  readonly now = (): string => new Date(this.time).toISOString();

  /** Stores a commit, as if its command had come at that time. */
  async store(aggregateId: string, events: readonly NewEvent[], at = this.time): Promise<Commit> {
    const { log } = this.ordered;
    const stream = await log.load(aggregateId);
    const commit = await log.append(stream, {
      commitId: `cmd_${aggregateId}_${stream.version}`,
      committedAt: new Date(at).toISOString(),
      events,
      metadata: { correlationId: `corr_${aggregateId}`, traceId: '1-5759e988-bd862e3fe1be46a994272793' },
    });
    if (commit === 'conflict') throw new Error('Nobody else writes here.');
    return commit;
  }

  /** One commit with an event for each text. */
  note(aggregateId: string, texts: readonly string[] = ['x'], at = this.time): Promise<Commit> {
    return this.store(
      aggregateId,
      texts.map((text) => ({ type: 'Noted', data: { text } })),
      at,
    );
  }

  sweep(around: Around = plainly, changes: Partial<SweepPorts> = {}): Promise<void> {
    return sweepEvents({ ...this.sweepPorts(around), ...changes });
  }

  /** What the stream's publisher does with a batch of records. */
  publish(commits: readonly Commit[], around: Around = plainly): ReturnType<ReturnType<typeof publisher>> {
    return publisher(this.#publisherPorts('publisher', around))(commits);
  }

  sweepPorts(around: Around = plainly): SweepPorts {
    const { ordered, marks } = this;
    const { shards, after } = ordered.order;
    return {
      ...this.#publisherPorts('sweep-events', around),
      log: { load: (id) => around(() => ordered.log.load(id)) },
      order: { shards, after: (shard, position) => around(() => after(shard, position)) },
      unmarked: (commits) => around(() => marks.unmarked(commits)),
      checkpoints: {
        find: (shard) => around(() => marks.checkpoints.find(shard)),
        advance: (shard, position) => around(() => marks.checkpoints.advance(shard, position)),
      },
      report: this.report,
    };
  }

  readonly report: SweepReport = {
    swept: (commits) => void this.swept.push(...commits),
    left: (place, error) => void this.left.push({ place, error }),
  };

  #publisherPorts(subscriptionId: string, around: Around): PublisherPorts {
    return {
      subscriptionId,
      bus: (events) => around(() => this.bus.bus(events)),
      mark: (commit, publications) => around(() => this.marks.mark(commit, publications)),
      deadLetter: (letter) => around(async () => void this.letters.push(letter)),
      maxAttempts: 3,
      now: this.now,
    };
  }

  unmarked(): Commit[] {
    return this.ordered.commits.filter((commit) => !this.marks.isMarked(commit));
  }

  /** Those that a checkpoint says are settled, and are not. There must never be one. */
  passedOver(): Commit[] {
    return this.unmarked().filter(
      ({ aggregateId, position }) => position <= this.marks.checkpointOf(shardOf(aggregateId)),
    );
  }

  /** The ids of what the bus took, in order. */
  accepted(): string[] {
    return this.bus.accepted.map(({ eventId }) => eventId);
  }
}

/** Names of aggregates that all stand in shard-3. */
export function neighbours(count: number): string[] {
  const all = Array.from({ length: 20 * count }, (_, index) => `agg-${String(index).padStart(5, '0')}`);
  return all.filter((id) => shardOf(id) === 'shard-3').slice(0, count);
}
