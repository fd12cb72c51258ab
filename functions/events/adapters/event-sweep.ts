import type { CommitKey, CommitPlace } from '../../shared/kernel/commit-place.ts';
import { messageOf } from '../../shared/kernel/errors.ts';
import type { CommitOrder } from '../../shared/platform/log/commit-order.ts';
import { BEGINNING } from '../../shared/platform/log/commit-order.ts';
import type { Commit, EventLog } from '../../shared/platform/log/event-log.ts';
import type { SweepWindow } from '../domain/sweep.ts';
import { checkpointAfter, sweepWindow } from '../domain/sweep.ts';
import type { PublisherPorts } from './publisher.ts';
import { publisher } from './publisher.ts';
import type { SweepCheckpoints } from './sweep-checkpoints.ts';
import type { SweepReport } from './sweep-report.ts';
import type { UnmarkedCommits } from './unmarked-commits.ts';

export interface SweepPorts extends PublisherPorts {
  order: CommitOrder;
  unmarked: UnmarkedCommits;
  checkpoints: SweepCheckpoints;
  log: Pick<EventLog, 'load'>;
  report: SweepReport;
}

/** A sweep begins nothing new after this; its Lambda lives some time longer, for what is under way. */
const BUDGET_MS = 200_000;

/** Aggregates that are published together: a call to the bus takes ten events, one of each. It also bounds what is in memory. */
const AT_ONCE = 10;

interface Sweep extends SweepPorts {
  window: SweepWindow;
  isOver(): boolean;
  /** What could not be done: how often, and the first reason. */
  failures: { count: number; first?: string };
}

/**
 * Publishes what the stream did not: every commit that is older than the grace and has no mark. Each shard goes on from its checkpoint,
 * as far as time allows. Nothing is lost by dying anywhere in here, and nothing but time by two of these beside each other: what was
 * not marked goes out again, under the same ids.
 *
 * @throws At its end, if something could not be published; its checkpoint stays before that, and the next sweep meets it again.
 */
export async function sweepEvents(ports: SweepPorts): Promise<void> {
  const begun = ports.now();
  const sweep: Sweep = {
    ...ports,
    window: sweepWindow(begun),
    isOver: () => Date.parse(ports.now()) - Date.parse(begun) >= BUDGET_MS,
    failures: { count: 0 },
  };
  const sweepOne = (shard: string) => sweepShard(sweep, shard).catch((error) => failed(sweep, error, shard));
  await Promise.all(ports.order.shards.map(sweepOne));
  const { count, first } = sweep.failures;
  if (first !== undefined) throw new Error(`${count} could not be swept; first: ${first}`);
}

function failed({ failures }: Sweep, error: unknown, where: string): void {
  failures.count += 1;
  failures.first ??= `${where}: ${messageOf(error)}`;
}

async function sweepShard(sweep: Sweep, shard: string): Promise<void> {
  let after = (await sweep.checkpoints.find(shard)) ?? BEGINNING;
  let allSettled = true;
  while (!sweep.isOver()) {
    const places = await placesAfter(sweep, shard, after);
    const last = places.at(-1);
    if (last === undefined) return;
    const left = await settle(sweep, places);
    const checkpoint = allSettled ? checkpointAfter(places, left, sweep.window) : undefined;
    if (checkpoint !== undefined) await sweep.checkpoints.advance(shard, checkpoint);
    allSettled &&= left.size === 0;
    after = last.position;
  }
}

async function placesAfter({ order, window }: Sweep, shard: string, after: string): Promise<CommitPlace[]> {
  return (await order.after(shard, after)).filter(({ position }) => position < window.until);
}

/** Publishes those that have no mark, and gives back those that it could not, or had no time for. */
async function settle(sweep: Sweep, places: readonly CommitPlace[]): Promise<ReadonlySet<CommitPlace>> {
  const left = new Set(await sweep.unmarked(places));
  const aggregates = [...Map.groupBy(left, ({ aggregateId }) => aggregateId).values()];
  while (aggregates.length > 0 && !sweep.isOver()) {
    const some = aggregates.splice(0, AT_ONCE);
    for (const place of await settleSome(sweep, some)) left.delete(place);
  }
  return left;
}

/** Each aggregate by its places without a mark, in order. Gives back those that are settled. */
async function settleSome(sweep: Sweep, aggregates: readonly CommitPlace[][]): Promise<CommitPlace[]> {
  const loads = await Promise.all(aggregates.map((places) => load(sweep, places)));
  const loaded = loads.filter((one) => one !== undefined);
  const places = loaded.flatMap((one) => one.places);
  try {
    const waiting = await publish(sweep, await sweep.unmarked(loaded.flatMap(({ commits }) => commits)));
    for (const { commit, error } of waiting) leave(sweep, commit, error);
    return places.filter((place) => !waiting.some(({ commit }) => isSame(commit, place)));
  } catch (error) {
    for (const place of places) leave(sweep, place, error);
    return [];
  }
}

/** From the aggregate's first commit on: one that the index has not shown yet must not go out behind a later one. */
async function load(sweep: Sweep, places: readonly CommitPlace[]) {
  const [first, last] = [places[0] as CommitPlace, places.at(-1) as CommitPlace];
  try {
    const { commits } = await sweep.log.load(first.aggregateId);
    return { places, commits: commits.filter(({ version }) => version <= last.version) };
  } catch (error) {
    for (const place of places) leave(sweep, place, error);
    return undefined;
  }
}

/** By the stream's own publisher, so that order, letters and marks are its own. */
async function publish(sweep: Sweep, commits: readonly Commit[]) {
  const swept: Commit[] = [];
  const run = publisher({
    ...sweep,
    async mark(commit, publications) {
      await sweep.mark(commit, publications);
      swept.push(commit);
    },
  });
  try {
    return await run(commits);
  } finally {
    if (swept.length > 0) sweep.report.swept(swept);
  }
}

function leave(sweep: Sweep, place: CommitPlace, error: unknown): void {
  sweep.report.left(place, error);
  failed(sweep, error, `${place.aggregateId} at version ${place.version}`);
}

function isSame(one: CommitKey, other: CommitKey): boolean {
  return one.aggregateId === other.aggregateId && one.version === other.version;
}
