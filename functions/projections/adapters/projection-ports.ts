import type { ProjectionName } from '../../contracts/projections.ts';
import type { EventLog } from '../../shared/platform/log/event-log.ts';
import type { Projector } from '../../shared/platform/read-models/projection.ts';
import { projector } from '../../shared/platform/read-models/projection.ts';
import type { ReadModelStore } from '../../shared/platform/read-models/read-models.ts';
import { READ_MODELS } from '../domain/read-models.ts';
import type { FailedEvents, ProjectionStore } from './projection-store.ts';

/** What it takes to apply events. */
export interface ProjectionPorts {
  store: ProjectionStore;
  failed: FailedEvents;
  log: EventLog;
  rowsOf(name: ProjectionName, generation: number): ReadModelStore<object>;
  /** ISO 8601, UTC. */
  now(): string;
}

/** What brings the rows of one generation forward. */
export function projectorOf({ log, rowsOf }: ProjectionPorts, name: ProjectionName, generation: number): Projector {
  return projector(READ_MODELS[name].projection, rowsOf(name, generation), log);
}
