import type { StoredEvent } from '../functions/contracts/event.ts';
import type { ProjectionName } from '../functions/contracts/projections.ts';
import { REBUILD_SEGMENTS } from '../functions/contracts/projections.ts';
import { liveProjection } from '../functions/projections/adapters/live-projection.ts';
import type { RebuildPorts } from '../functions/projections/adapters/rebuild.ts';
import { fillSegment } from '../functions/projections/adapters/rebuild.ts';
import { assertComplete, switchToRebuilt } from '../functions/projections/adapters/rebuild-end.ts';
import type { ProjectionState } from '../functions/shared/kernel/projection-state.ts';
import { INITIAL_STATE } from '../functions/shared/kernel/projection-state.ts';
import { sideBySide } from '../functions/shared/platform/side-by-side.ts';
import type { WriteCounter, Writes } from './counted-writes.ts';

/** The projections that are measured, over a log that has just these events. */
export interface MeasuredProjections {
  ports: RebuildPorts;
  writes: WriteCounter;
  /** In the order of the log, an aggregate's together. */
  events: readonly StoredEvent[];
  /** In ms. */
  clock(): number;
}

export interface ProjectionPlan {
  rounds: number;
  /** Events that come live in one round; each comes in one round only. */
  liveEvents: number;
}

/** One round: some events by the live path, and the whole log by a rebuild. */
export interface ProjectionRound {
  /** Ms of its first and of its second half. */
  live: { events: number; halves: [number, number]; writes: Writes };
  rebuild: { ms: number; writes: Writes };
}

/** As many as fill segments at a time in state-machines/rebuild-projection.asl.json. */
const WORKERS = 2;
const WARM_UP_EVENTS = 40;

/** The rows that readers see meanwhile; those that come live; and from there on one generation a rebuild. */
const READ = 1;
const LIVE = 2;
const FIRST_REBUILT = 3;

/** Live and rebuild take turns in which of them is first, after each has run once unmeasured. */
export async function projectionRounds(
  bench: MeasuredProjections,
  name: ProjectionName,
  { rounds, liveEvents }: ProjectionPlan,
): Promise<ProjectionRound[]> {
  const { events } = bench;
  if (WARM_UP_EVENTS + rounds * liveEvents > events.length) throw new Error('There are too few events for the rounds.');
  await rebuildInto(bench, name, READ);
  await liveHalves(bench, name, events.slice(0, WARM_UP_EVENTS));
  const measured: ProjectionRound[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const from = WARM_UP_EVENTS + round * liveEvents;
    const live = () => liveHalves(bench, name, events.slice(from, from + liveEvents));
    const rebuild = () => rebuildInto(bench, name, FIRST_REBUILT + round);
    // A literal's fields are evaluated in their order.
    measured.push(
      round % 2 === 0
        ? { live: await live(), rebuild: await rebuild() }
        : { rebuild: await rebuild(), live: await live() },
    );
  }
  return measured;
}

async function liveHalves(
  bench: MeasuredProjections,
  name: ProjectionName,
  events: readonly StoredEvent[],
): Promise<ProjectionRound['live']> {
  await stand(bench, name, { generation: LIVE });
  bench.writes.take();
  const middle = events.length / 2;
  const first = await applyEach(bench, name, events.slice(0, middle));
  const second = await applyEach(bench, name, events.slice(middle));
  return { events: events.length, halves: [first, second], writes: bench.writes.take() };
}

/** As from its queue, in batches of one. */
async function applyEach(
  { ports, clock }: MeasuredProjections,
  name: ProjectionName,
  events: readonly StoredEvent[],
): Promise<number> {
  const live = liveProjection(ports, name, () => undefined);
  const began = clock();
  for (const event of events) {
    await live.begin();
    await live.handle(event, { attempt: 1, isLast: false });
    await live.end();
  }
  return clock() - began;
}

/** The same steps as the state machine's, in this process. */
async function rebuildInto(
  bench: MeasuredProjections,
  projection: ProjectionName,
  generation: number,
): Promise<ProjectionRound['rebuild']> {
  const { ports, writes, clock } = bench;
  const target = { projection, generation };
  writes.take();
  const startedAt = ports.now();
  const began = clock();
  await stand(bench, projection, { generation: READ, rebuild: { generation, startedAt, run: 1 } });
  const segments = Array.from({ length: REBUILD_SEGMENTS }, (_, segment) => segment);
  await sideBySide(segments, WORKERS, async (segment) => {
    await fillSegment(ports, target, segment, () => false);
  });
  await assertComplete(ports, target);
  await switchToRebuilt(ports, target);
  const ms = clock() - began;
  await assertRebuilt(bench, projection, generation);
  return { ms, writes: writes.take() };
}

async function stand(
  { ports: { store } }: MeasuredProjections,
  name: ProjectionName,
  change: Partial<ProjectionState>,
): Promise<void> {
  const { revision } = await store.read(name);
  await store.write(name, { ...INITIAL_STATE, ...change }, revision);
}

/** A rebuild that did less than it should would be a fast one. */
async function assertRebuilt({ ports, events }: MeasuredProjections, name: ProjectionName, generation: number) {
  const { state } = await ports.store.read(name);
  const rows = rowsOf(events);
  const { outcome, rows: { written = 0, changed = 0 } = {} } = state.lastRebuild ?? {};
  if (state.generation === generation && outcome === 'switched' && written === rows && changed === 0) return;
  throw new Error(`The rebuild of ${name} wrote ${written} rows of ${rows}, ${changed} of them changed.`);
}

/** The aggregates of these events, of which each has a row. */
export function rowsOf(events: readonly StoredEvent[]): number {
  return new Set(events.map(({ data }) => data.aggregateId)).size;
}
