import type { ProjectionName } from '../../../functions/contracts/projections.ts';
import { PROJECTIONS } from '../../../functions/contracts/projections.ts';
import { followedEvents } from '../../../functions/projections/adapters/catch-up.ts';
import { hasRowOf } from '../../../functions/projections/domain/followed.ts';
import { READ_MODELS } from '../../../functions/projections/domain/read-models.ts';
import type { Counts } from '../../../functions/shared/kernel/projection.ts';
import { countChanges } from '../../../functions/shared/kernel/projection.ts';
import { projector } from '../../../functions/shared/platform/read-models/projection.ts';
import type { Tally } from '../delivery/tally.ts';
import { memoryReadModels } from '../read-models/memory-read-models.ts';
import { appended, histories } from './rebuild-histories.ts';
import { RebuildMachine } from './rebuild-machine.ts';
import { RebuildReaders } from './rebuild-readers.ts';
import { RebuildTraffic } from './rebuild-traffic.ts';
import { RebuildWorld } from './rebuild-world.ts';

const REBUILT: readonly ProjectionName[] = ['tasks', 'task-counts', 'agents'];
const READERS = 3;
const COMMANDS_MS = 4000;

/** A rebuild, and often a second one right behind it, in the middle of commands, deliveries and readers. */
export async function rebuildDrill(seed: number, tally: Tally) {
  const name = REBUILT[seed % REBUILT.length] ?? 'tasks';
  const world = new RebuildWorld({ seed, name, weather: { deaths: 0.2, cuts: 0.7 } }, tally);
  const [traffic, machine, readers] = [new RebuildTraffic(world), new RebuildMachine(world), new RebuildReaders(world)];
  for (const history of histories(world)) traffic.play(history, COMMANDS_MS);
  for (let reader = 0; reader < READERS; reader += 1) void readers.read(60);
  const rebuilt: number[] = [];
  const rebuild = async () => {
    rebuilt.push(await machine.rebuild());
    await world.clock.sleep(world.whole(0, 200));
    if (world.chance(0.5)) rebuilt.push(await machine.rebuild());
  };
  world.clock.in(world.whole(0, COMMANDS_MS), () => void rebuild());
  await world.clock.run();
  return { world, machine, readers, rebuilt };
}

/** A rebuild while nothing else goes on. */
export async function quietRebuild(seed: number, tally: Tally) {
  const name = REBUILT[seed % REBUILT.length] ?? 'tasks';
  const world = new RebuildWorld({ seed, name, weather: { deaths: 0, cuts: 0 } }, tally);
  for (const history of histories(world)) for (const events of history.commits) await appended(world, history, events);
  const machine = new RebuildMachine(world);
  const rebuilding = machine.rebuild();
  await world.clock.run();
  return { world, machine, generation: await rebuilding };
}

/** The rows and counts of a generation, and those that a replay from zero gives. */
export async function besideReplay(world: RebuildWorld, generation: number) {
  const { model, projection } = READ_MODELS[world.name];
  const fresh = memoryReadModels(model);
  const replay = projector(projection, fresh, world.ordered.log);
  const ids = ownAggregates(world);
  for (const id of ids) await replay.catchUp(id);
  const rows = world.rows(generation);
  // Of what the bus does not bring there may be no row yet.
  const known = new Set<string>(
    world.ordered.commits.flatMap((one) => followedEvents(world.name, one)).map((one) => one.data.aggregateId),
  );
  const wanted: Record<string, unknown> = {};
  const found: Record<string, unknown> = {};
  const all: Counts[] = [];
  for (const id of ids) {
    const row = await rows.get(id);
    if (row !== undefined) all.push(projection.counts?.(row.row) ?? {});
    if (row === undefined && !known.has(id)) continue;
    wanted[id] = await fresh.get(id);
    found[id] = row;
  }
  const counts = await rows.counts();
  return {
    wanted,
    found,
    offReplay: countChanges(await fresh.counts(), counts),
    offSums: countChanges(sums(all), counts),
  };
}

export function ownAggregates(world: RebuildWorld): string[] {
  const own = world.ordered.commits.filter(
    ({ source, aggregateId }) => source === undefined && hasRowOf(PROJECTIONS[world.name], aggregateId),
  );
  return [...new Set(own.map(({ aggregateId }) => aggregateId))];
}

function sums(all: readonly Counts[]): Counts {
  const sum: Record<string, Record<string, number>> = {};
  for (const counts of all)
    for (const [key, amounts] of Object.entries(counts))
      for (const [field, by] of Object.entries(amounts))
        sum[key] = { ...sum[key], [field]: (sum[key]?.[field] ?? 0) + by };
  return sum;
}
