import type { ProjectionName } from '../../../functions/contracts/projections.ts';
import { changeState } from '../../../functions/projections/adapters/projection-store.ts';
import type { RebuildPorts, Target } from '../../../functions/projections/adapters/rebuild.ts';
import { fillSegment } from '../../../functions/projections/adapters/rebuild.ts';
import { beginRebuild } from '../../../functions/projections/domain/projection-changes.ts';
import { READ_MODELS } from '../../../functions/projections/domain/read-models.ts';
import type { NewEvent } from '../../../functions/shared/kernel/decider.ts';
import type { Commit } from '../../../functions/shared/platform/log/event-log.ts';
import type { ReadModelStore } from '../../../functions/shared/platform/read-models/read-models.ts';
import { memoryOrderedLog } from '../publisher/memory-commit-order.ts';
import { memoryReadModels } from '../read-models/memory-read-models.ts';
import { memoryLogScan } from './memory-log-scan.ts';
import { memoryFailedEvents, memoryProjectionStore, memorySegments } from './memory-projections.ts';
import { SEGMENTS } from './rebuild-world.ts';

const NOW = '2026-08-19T12:00:00.000Z';

/** A log and a projection in memory, and nothing that happens by itself. */
export function rebuildSamples(name: ProjectionName, page?: number) {
  const { log, commits } = memoryOrderedLog();
  const generations = new Map<number, ReadModelStore<object>>();
  const rowsOf = (generation: number) => {
    const rows = generations.get(generation) ?? memoryReadModels(READ_MODELS[name].model);
    generations.set(generation, rows);
    return rows;
  };
  const ports: RebuildPorts = {
    store: memoryProjectionStore(),
    failed: memoryFailedEvents(),
    log,
    segments: memorySegments(),
    scan: memoryLogScan(() => commits, page),
    rowsOf: (_, generation) => rowsOf(generation),
    now: () => NOW,
  };
  return {
    ports,
    rowsOf,
    /** One commit. */
    async append(aggregateId: string, ...events: NewEvent[]): Promise<Commit> {
      const stream = await log.load(aggregateId);
      const commit = await log.append(stream, {
        commitId: `cmd_${aggregateId}_${stream.version}`,
        committedAt: NOW,
        events,
        metadata: { correlationId: 'corr_1', traceId: 'trace' },
      });
      if (commit === 'conflict') throw new Error('Nobody else writes here.');
      return commit;
    },
    async begin(): Promise<Target> {
      const state = await changeState(ports.store, name, beginRebuild(NOW));
      if (state?.rebuild === undefined) throw new Error('A rebuild is under way.');
      return { projection: name, generation: state.rebuild.generation };
    },
    state: async () => (await ports.store.read(name)).state,
  };
}

/** All segments, but for those that are left out. Each call comes one page further, as if its time were up. */
export async function fill(ports: RebuildPorts, target: Target, leftOut: readonly number[] = []): Promise<void> {
  for (const segment of SEGMENTS)
    while (!leftOut.includes(segment) && !(await fillSegment(ports, target, segment, () => true)));
}
