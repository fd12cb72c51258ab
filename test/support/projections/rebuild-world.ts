import type { ProjectionName } from '../../../functions/contracts/projections.ts';
import { REBUILD_SEGMENTS } from '../../../functions/contracts/projections.ts';
import type { ProjectionStore } from '../../../functions/projections/adapters/projection-store.ts';
import type { RebuildPorts } from '../../../functions/projections/adapters/rebuild.ts';
import { READ_MODELS } from '../../../functions/projections/domain/read-models.ts';
import type { LogScan } from '../../../functions/shared/platform/log/log-scan.ts';
import type { ReadModelStore } from '../../../functions/shared/platform/read-models/read-models.ts';
import type { Tally } from '../delivery/tally.ts';
import { VirtualClock } from '../delivery/virtual-clock.ts';
import { memoryOrderedLog } from '../publisher/memory-commit-order.ts';
import { memoryReadModels } from '../read-models/memory-read-models.ts';
import { seededRandom } from '../seeds.ts';
import { memoryLogScan } from './memory-log-scan.ts';
import { memoryFailedEvents, memoryProjectionStore, memorySegments } from './memory-projections.ts';
import type { Process } from './rebuild-process.ts';
import { newProcess, through } from './rebuild-process.ts';

type Rows = ReadModelStore<object>;
type Put = 'fill put' | 'fill refused' | 'live put' | 'live refused';

/** What can go wrong in a world; `0` nowhere. */
export interface Weather {
  /** How likely a process dies. */
  deaths: number;
  /** How likely an execution is cut off. */
  cuts: number;
}

interface Of {
  seed: number;
  name: ProjectionName;
  weather: Weather;
}

/** A log, a projection of it in all its generations, and processes that work on both at their own pace. */
export class RebuildWorld {
  readonly of: Of;
  readonly tally: Tally;
  readonly clock = new VirtualClock();
  readonly random: () => number;
  readonly ordered = memoryOrderedLog();
  readonly store: ProjectionStore;
  readonly failed = memoryFailedEvents();
  readonly segments = memorySegments();
  readonly scan: LogScan;
  /** Of every page that was read. */
  pagesRead = 0;
  /** What must never happen, and did. */
  readonly violations: string[] = [];
  readonly #generations = new Map<number, Rows>();
  readonly #puts = new Map<string, number>();

  constructor(of: Of, tally: Tally) {
    this.of = of;
    this.tally = tally;
    this.random = seededRandom(of.seed);
    this.store = this.#watched(memoryProjectionStore());
    this.scan = memoryLogScan(() => this.ordered.commits, this.whole(2, 9));
  }

  get name(): ProjectionName {
    return this.of.name;
  }

  /** From `least` to `most`, both included. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.random() * (most - least + 1));
  }

  chance(likely: number): boolean {
    return this.random() < likely;
  }

  oneOf<Item>(items: readonly Item[]): Item {
    const item = items[this.whole(0, items.length - 1)];
    if (item === undefined) throw new Error('There is nothing to choose from.');
    return item;
  }

  readonly now = (): string => new Date(this.clock.now).toISOString();

  /** As the table has them at this moment; no process is in between. */
  rows(generation: number): Rows {
    const rows = this.#generations.get(generation) ?? memoryReadModels(READ_MODELS[this.name].model);
    this.#generations.set(generation, rows);
    return rows;
  }

  puts(generation: number, what: Put): number {
    return this.#puts.get(`${generation} ${what}`) ?? 0;
  }

  process(kind: 'fill' | 'live' | 'read'): Process & { ports: RebuildPorts } {
    const process = newProcess(this, kind === 'read' ? 0 : this.of.weather.deaths);
    return Object.assign(process, { ports: this.#ports(kind, process) });
  }

  #ports(kind: string, { around }: Process): RebuildPorts {
    const read = async (...place: Parameters<LogScan['read']>) => {
      const page = await this.scan.read(...place);
      this.pagesRead += 1;
      return page;
    };
    return {
      store: through(this.store, around),
      failed: through(this.failed, around),
      log: through(this.ordered.log, around),
      segments: through(this.segments, around),
      scan: through({ read }, around),
      rowsOf: (_, generation) => through(this.#counted(kind, generation), around),
      now: this.now,
    };
  }

  #counted(kind: string, generation: number): Rows {
    const rows = this.rows(generation);
    const put: Rows['put'] = async (...row) => {
      const isPut = await rows.put(...row);
      const what = `${generation} ${kind} ${isPut ? 'put' : 'refused'}`;
      this.#puts.set(what, (this.#puts.get(what) ?? 0) + 1);
      return isPut;
    };
    return { ...rows, put };
  }

  #watched(store: ProjectionStore): ProjectionStore {
    const write: typeof store.write = async (name, state, seen) => {
      const { generation: before } = (await store.read(name)).state;
      const isWritten = await store.write(name, state, seen);
      if (isWritten && state.generation !== before) await this.#switched(before, state.generation);
      return isWritten;
    };
    return { ...store, write };
  }

  /** Every row is to be there, and at least as far as the one before it. */
  async #switched(from: number, to: number): Promise<void> {
    this.tally.add('a switch');
    const versionOf = async (id: string, generation: number) => (await this.rows(generation).get(id))?.version ?? 0;
    for (const id of this.aggregates()) {
      const [before, after] = [await versionOf(id, from), await versionOf(id, to)];
      if (after < before) this.violations.push(`${id} is at ${before}, and at ${after} after the switch`);
    }
  }

  aggregates(): string[] {
    return [...new Set(this.ordered.commits.map(({ aggregateId }) => aggregateId))];
  }

  /** Pages whose place was kept. */
  async pagesKept(generation: number): Promise<number> {
    const segments = await this.segments.read(this.name, generation);
    return segments.reduce((sum, { saves }) => sum + saves, 0);
  }
}

export const SEGMENTS: readonly number[] = Array.from({ length: REBUILD_SEGMENTS }, (_, index) => index);
