import type { Page } from '../../contracts/api/list.ts';
import type { FailedProjectionEvent } from '../../contracts/api/projection.ts';
import type { ProjectionName } from '../../contracts/projections.ts';
import type { ProjectionState, RebuiltRows } from '../../shared/kernel/projection-state.ts';
import type { SeenState } from '../../shared/platform/read-models/projections-table.ts';
import type { StateChange } from '../domain/projection-changes.ts';

/** How far a projection has come. */
export interface Checkpoint {
  /** The furthest event that was dealt with. */
  position: string;
  /** ISO 8601, UTC. */
  updatedAt: string;
}

/** Where projections keep what they know of themselves (seed: CheckpointStore). Every write may be made twice. */
export interface ProjectionStore {
  read(name: ProjectionName): Promise<SeenState>;
  /** `false`: somebody else has changed the state since it was seen; nothing was written. */
  write(name: ProjectionName, state: ProjectionState, seen: number): Promise<boolean>;

  checkpoint(name: ProjectionName): Promise<Checkpoint | undefined>;
  /** Never goes back. */
  advance(name: ProjectionName, checkpoint: Checkpoint): Promise<void>;
  /** Up to here there is nothing in the log that the projection follows and has not dealt with. */
  looked(name: ProjectionName): Promise<string | undefined>;
  lookedTo(name: ProjectionName, position: string): Promise<void>;
}

/** An event that could not be applied, this time. */
export interface Failing extends Pick<FailedProjectionEvent, 'eventId' | 'eventType' | 'aggregateId' | 'error'> {
  at: string;
}

/** Events that wait for a mended projection (seed: storeFailedProjectionEvent). */
export interface FailedEvents {
  /** An event that is there already has failed once more. */
  record(name: ProjectionName, failing: Failing): Promise<void>;
  /** It is applied now. */
  settle(name: ProjectionName, eventId: string): Promise<void>;
  page(
    name: ProjectionName,
    page: { limit: number; cursor?: string | undefined },
  ): Promise<Page<FailedProjectionEvent>>;
  count(name: ProjectionName): Promise<number>;
  /** How many different events have failed since; at most 5 minutes are known. */
  recentErrors(name: ProjectionName, since: string): Promise<number>;
}

/** A part of the log, and how far a rebuild has read it. */
export interface Segment {
  segment: number;
  /** How often it was written: guards it against a run that was thought dead. */
  saves: number;
  /** Where to go on. */
  after?: Readonly<Record<string, unknown>> | undefined;
  isDone: boolean;
  rows: RebuiltRows;
}

export interface Segments {
  /** Those that were begun. */
  read(name: ProjectionName, generation: number): Promise<Segment[]>;
  /** `false`: another run has gone further. */
  save(name: ProjectionName, generation: number, segment: Segment): Promise<boolean>;
}

const MAX_RACES = 10;

/** Changes a projection's state. Answers what it is then; `undefined`: the change does not apply any more. */
export async function changeState(
  store: Pick<ProjectionStore, 'read' | 'write'>,
  name: ProjectionName,
  change: StateChange,
): Promise<ProjectionState | undefined> {
  for (let race = 0; race < MAX_RACES; race += 1) {
    const { state, revision } = await store.read(name);
    const next = change(state);
    if (next === undefined) return undefined;
    if (await store.write(name, next, revision)) return next;
  }
  throw new Error(`The state of the projection ${name} kept changing.`);
}
