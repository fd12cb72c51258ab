import * as fc from 'fast-check';
import type { StoredEvent } from '../../../functions/contracts/event.ts';
import type { ProjectionName } from '../../../functions/contracts/projections.ts';
import { workIdOf } from '../../../functions/contracts/task-ids.ts';
import { followedEvents } from '../../../functions/projections/adapters/catch-up.ts';
import { READ_MODELS } from '../../../functions/projections/domain/read-models.ts';
import type { NewEvent } from '../../../functions/shared/kernel/decider.ts';
import type { Counts } from '../../../functions/shared/kernel/projection.ts';
import type { EventLog } from '../../../functions/shared/platform/log/event-log.ts';
import { projector } from '../../../functions/shared/platform/read-models/projection.ts';
import type { ReadModelStore } from '../../../functions/shared/platform/read-models/read-models.ts';
import type { Tally } from '../delivery/tally.ts';
import { Died } from '../faults.ts';
import { memoryOrderedLog } from '../publisher/memory-commit-order.ts';
import { memoryReadModels } from '../read-models/memory-read-models.ts';
import { seededRandom } from '../seeds.ts';
import { anyTaskHistory } from '../tasks/task-samples.ts';
import { anyStory } from '../tasks/task-stories.ts';

export const STORM_FAULTS = [
  'duplicate',
  'gap',
  'race',
  'death before put',
  'death after put',
  'lost answer of a race',
];

const AGGREGATES = 6;
/** Deliveries at a time. */
const WORKERS = 5;
const DEATHS = 0.12;
/** Few, so that counts are shared; and users may call their types what they like. */
const TYPES = ['code_generation', 'constructor', '__proto__'];

type Random = () => number;
const whole = (random: Random, from: number, to: number) => from + Math.floor(random() * (to - from + 1));

/** Whatever may happen to tasks, or to the work of agents. */
function histories(name: ProjectionName, seed: number): [string, NewEvent[]][] {
  const sample = <Value>(what: fc.Arbitrary<Value>) => fc.sample(what, { seed, numRuns: AGGREGATES });
  if (name === 'agents') {
    const works = sample(anyStory).map((story) => story.filter(({ type }) => type.startsWith('Work')));
    return works.map((events, index) => [workIdOf(`task_${index}`), events]);
  }
  return sample(anyTaskHistory).map(([created, ...rest], index) => {
    const type = TYPES[index % TYPES.length];
    return [`task_${index}`, [{ ...created, data: { ...created?.data, type } } as NewEvent, ...rest]];
  });
}

/** The histories in a log, in commits of one to three events, and what the bus brings of them. */
async function written(name: ProjectionName, seed: number, random: Random) {
  const ordered = memoryOrderedLog();
  for (const [aggregateId, events] of histories(name, seed)) {
    for (const rest = [...events]; rest.length > 0; ) {
      await ordered.log.append(await ordered.log.load(aggregateId), {
        commitId: `cmd_${ordered.commits.length}`,
        committedAt: '2026-08-19T10:11:12.345Z',
        events: rest.splice(0, whole(random, 1, 3)),
        metadata: { correlationId: 'corr_1', traceId: 'trace' },
      });
    }
  }
  return { log: ordered.log, events: ordered.commits.flatMap((commit) => followedEvents(name, commit)) };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

const deathOf = (random: Random) => {
  if (random() >= DEATHS) return undefined;
  return random() < 0.5 ? 'before' : 'after';
};

/** Others come between a read and the write that follows it, and processes die right before and right after their writes. */
function stormy(rows: ReadModelStore<object>, random: Random, tally: Tally): ReadModelStore<object> {
  const pause = async () => {
    for (let turns = whole(random, 0, 3); turns > 0; turns -= 1) await turn();
  };
  return {
    ...rows,
    async get(id) {
      const row = await rows.get(id);
      await pause();
      return row;
    },
    async put(next, seen, changes) {
      await pause();
      const dies = deathOf(random);
      if (dies === 'before') {
        tally.add('death before put');
        throw new Died('before a put');
      }
      const isPut = await rows.put(next, seen, changes);
      if (!isPut) tally.add('race');
      if (dies !== 'after') return isPut;
      tally.add(isPut ? 'death after put' : 'lost answer of a race');
      throw new Died('after a put');
    },
  };
}

/** Each event one to four times, in any order. */
function deliveries(events: readonly StoredEvent[], random: Random, tally: Tally): StoredEvent[] {
  const copies = events.flatMap((event) => Array.from({ length: whole(random, 1, 4) }, () => event));
  tally.add('duplicate', copies.length - events.length);
  return copies
    .map((event) => ({ event, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ event }) => event);
}

/** Brings all events in a storm until each delivery has gone well. Answers the rows, and those that a calm replay makes. */
export async function countsStorm(name: ProjectionName, seed: number, tally: Tally) {
  const random = seededRandom(seed);
  const { log, events } = await written(name, seed, random);
  const { model, projection } = READ_MODELS[name];
  const rows = memoryReadModels(model);
  const store = stormy(rows, random, tally);
  /** The log as it was when this event had just come: without what happened long after, or each gap would bring the end. */
  const logAt = ({ data: { version } }: StoredEvent): EventLog => ({
    ...log,
    async load(id) {
      tally.add('gap');
      const stream = await log.load(id);
      const known = version + whole(random, 0, 2);
      return { ...stream, commits: stream.commits.filter((commit) => commit.version <= known) };
    },
  });
  const queue = deliveries(events, random, tally);
  const worker = async () => {
    for (let event = queue.shift(); event !== undefined; event = queue.shift()) {
      const delivered = event;
      await projector(projection, store, logAt(delivered))
        .apply(delivered)
        .catch(() => queue.push(delivered));
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, worker));

  const calm = memoryReadModels(model);
  const replay = projector(projection, calm, log);
  for (const event of events) await replay.apply(event);
  return { rows, calm, ids: new Set(events.map(({ data }) => data.aggregateId)) };
}

/** What the rows themselves add up to. */
export async function countedRows(name: ProjectionName, rows: ReadModelStore<object>, ids: Iterable<string>) {
  const sums = new Map<string, number>();
  for (const id of ids) {
    const { row } = (await rows.get(id)) ?? {};
    const counts = row === undefined ? {} : (READ_MODELS[name].projection.counts?.(row) ?? {});
    for (const [amount, by] of amountsIn(counts)) sums.set(amount, (sums.get(amount) ?? 0) + by);
  }
  return sums;
}

/** `code_generation pending`, and how many. What has come to nothing is left out. */
export function amountsIn(counts: Counts): Map<string, number> {
  const all = Object.entries(counts).flatMap(([key, amounts]) =>
    Object.entries(amounts).map(([field, amount]) => [`${key} ${field}`, amount] as const),
  );
  return new Map(all.filter(([, amount]) => amount !== 0));
}
