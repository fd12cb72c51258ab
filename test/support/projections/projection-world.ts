import type { StoredEvent } from '../../../functions/contracts/event.ts';
import type { ProjectionName, RetryFailedEvent } from '../../../functions/contracts/projections.ts';
import { catchUp } from '../../../functions/projections/adapters/catch-up.ts';
import { liveProjection } from '../../../functions/projections/adapters/live-projection.ts';
import type { ProjectionPorts } from '../../../functions/projections/adapters/projection-ports.ts';
import { changeState } from '../../../functions/projections/adapters/projection-store.ts';
import type { StateChange } from '../../../functions/projections/domain/projection-changes.ts';
import { pause, resume } from '../../../functions/projections/domain/projection-changes.ts';
import { READ_MODELS } from '../../../functions/projections/domain/read-models.ts';
import type { NewEvent } from '../../../functions/shared/kernel/decider.ts';
import type { CommitFeed } from '../../../functions/shared/platform/log/commit-feed.ts';
import { commitFeed } from '../../../functions/shared/platform/log/commit-feed.ts';
import { storedEvents } from '../../../functions/shared/platform/log/stored-event.ts';
import { projector, UnappliedEvent } from '../../../functions/shared/platform/read-models/projection.ts';
import type { ReadModelStore } from '../../../functions/shared/platform/read-models/read-models.ts';
import { memoryOrderedLog } from '../publisher/memory-commit-order.ts';
import { memoryReadModels } from '../read-models/memory-read-models.ts';
import { sampleEvent } from '../tasks/task-samples.ts';
import { memoryFailedEvents, memoryProjectionStore } from './memory-projections.ts';

type Delivery = Parameters<ReturnType<typeof liveProjection>['handle']>[1];

const FIRST: Delivery = { attempt: 1, isLast: false };
export const LAST: Delivery = { attempt: 5, isLast: true };

/** A log, and what projections keep of it, in memory and on a played clock. */
export class ProjectionWorld {
  /** In ms since 1970. */
  time = Date.UTC(2026, 7, 19, 12);
  readonly ordered = memoryOrderedLog();
  /** Aggregates whose events the fold does not know now. */
  readonly unknown = new Set<string>();
  /** Aggregates whose rows the table refuses now. */
  readonly refused = new Set<string>();
  /** `tasks#1 task_1`, for each row that was written. */
  readonly writes: string[] = [];
  /** How often a projection was said to be paused. */
  readonly paused: ProjectionName[] = [];
  /** What happens before a row is written. */
  beforePut: (generation: number, id: string) => Promise<void> = async () => undefined;
  /** What happens before a page of the feed is read. */
  beforePage: () => Promise<void> = async () => undefined;
  readonly #rows = new Map<string, ReadModelStore<object>>();

  readonly now = (): string => new Date(this.time).toISOString();
  readonly ports: ProjectionPorts = {
    store: memoryProjectionStore(),
    failed: memoryFailedEvents(),
    log: this.ordered.log,
    rowsOf: (name, generation) => this.rowsOf(name, generation),
    now: this.now,
  };
  readonly #feed = commitFeed(this.ordered.order, async (places) => {
    const wanted = new Set(places.map(({ position }) => position));
    return this.ordered.commits.filter(({ position }) => wanted.has(position));
  });
  readonly feed: CommitFeed = {
    read: async (after, before) => {
      await this.beforePage();
      return this.#feed.read(after, before);
    },
  };

  pass(ms: number): void {
    this.time += ms;
  }

  rowsOf(name: ProjectionName, generation = 1): ReadModelStore<object> {
    const key = `${name}#${generation}`;
    const { model } = READ_MODELS[name];
    const rows = this.#rows.get(key) ?? memoryReadModels({ ...model, generation });
    this.#rows.set(key, rows);
    return {
      ...rows,
      put: async (next, seen, changes) => {
        const id = model.idOf(next.row);
        await this.beforePut(generation, id);
        if (this.unknown.has(id)) throw new UnappliedEvent(this.#lastOf(id), `${id} is unheard of.`);
        if (this.refused.has(id)) throw new Error(`${id} has no room.`);
        this.writes.push(`${key} ${id}`);
        return rows.put(next, seen, changes);
      },
    };
  }

  /** A millisecond later than the one before. */
  async commit(aggregateId: string, ...events: NewEvent[]): Promise<StoredEvent[]> {
    this.time += 1;
    const commit = await this.ordered.log.append(await this.ordered.log.load(aggregateId), {
      commitId: `cmd_${this.ordered.commits.length}`,
      committedAt: this.now(),
      events,
      metadata: { correlationId: 'corr_1', traceId: 'trace' },
    });
    if (commit === 'conflict') throw new Error('Nobody else writes here.');
    return storedEvents(commit);
  }

  /** So many new tasks: `task_000`, … */
  async tasks(count: number, first = 0): Promise<StoredEvent[]> {
    const events: StoredEvent[] = [];
    for (let index = first; index < first + count; index += 1)
      events.push(...(await this.commit(`task_${String(index).padStart(3, '0')}`, sampleEvent.TaskCreated)));
    return events;
  }

  #lastOf(aggregateId: string): StoredEvent {
    const commits = this.ordered.commits.filter((commit) => commit.aggregateId === aggregateId);
    return commits.flatMap(storedEvents).at(-1) as StoredEvent;
  }

  live(name: ProjectionName = 'tasks') {
    return liveProjection(this.ports, name, () => this.paused.push(name));
  }

  /** One batch, as the queue brings it. Answers what failed. */
  async deliver(
    details: readonly (StoredEvent | RetryFailedEvent)[],
    delivery: Delivery = FIRST,
    name: ProjectionName = 'tasks',
  ): Promise<string[]> {
    const projection = this.live(name);
    await projection.begin();
    const failures: string[] = [];
    for (const detail of details)
      await projection.handle(detail, delivery).catch(({ message }: Error) => failures.push(message));
    await projection.end();
    return failures;
  }

  async change(change: StateChange, name: ProjectionName = 'tasks') {
    const next = await changeState(this.ports.store, name, change);
    if (next === undefined) throw new Error('The change does not apply.');
    return next;
  }

  pause = (name?: ProjectionName) => this.change(pause(this.now(), 'operator'), name);
  resume = (name?: ProjectionName) => this.change(resume(this.now()), name);
  state = async (name: ProjectionName = 'tasks') => (await this.ports.store.read(name)).state;

  catchUp(isTimeUp: () => boolean = () => false, name: ProjectionName = 'tasks'): Promise<boolean> {
    const ports = { ...this.ports, feed: this.feed, paused: (one: ProjectionName) => void this.paused.push(one) };
    return catchUp(ports, name, isTimeUp);
  }

  /** The rows of these aggregates as they are, and as one who reads the whole log in order makes them. */
  async rows(aggregateIds: Iterable<string>, name: ProjectionName = 'tasks', generation = 1) {
    const replay = memoryReadModels(READ_MODELS[name].model);
    const { catchUp: bring } = projector(READ_MODELS[name].projection, replay, this.ordered.log);
    const is: unknown[] = [];
    const replayed: unknown[] = [];
    for (const id of aggregateIds) {
      await bring(id);
      is.push(await this.rowsOf(name, generation).get(id));
      replayed.push(await replay.get(id));
    }
    return { is, replayed };
  }
}

/** Of these events, each once. */
export function aggregatesOf(events: readonly StoredEvent[]): Set<string> {
  return new Set(events.map(({ data }) => data.aggregateId));
}
