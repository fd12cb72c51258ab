import type { EndedRebuild, ProjectionState, Rebuild, RebuiltRows } from '../../shared/kernel/projection-state.ts';

/** What happens to a projection's state; `undefined`: nothing, as it stands otherwise by now. Times are ISO 8601, UTC. */
export type StateChange = (state: ProjectionState) => ProjectionState | undefined;

/** Errors within this time count against a projection, and more than so many pause it (seed: ProjectionManager). */
const RECENT_MS = 5 * 60_000;
export const MAX_RECENT_ERRORS = 10;

/** What was read before a switch may still be read on for so long; whoever still writes to what was given up has ended by then. */
const RETIRED_MS = 3_600_000;

/** The moment from which errors count: those before the last resume have been dealt with. */
export function recentSince({ resumedAt = '' }: ProjectionState, now: string): string {
  const recent = after(now, -RECENT_MS);
  return recent > resumedAt ? recent : resumedAt;
}

export function pause(at: string, because: 'operator' | 'errors'): StateChange {
  return (state) => (state.pause === undefined ? { ...state, pause: { at, because } } : undefined);
}

/** What came in the pause is still owed: `skippedFrom` stays until it is caught up. */
export function resume(at: string): StateChange {
  return ({ pause: ended, ...state }) => (ended === undefined ? undefined : { ...state, resumedAt: at });
}

/** An event has come in the pause: from there on the log is to be read again. */
export function skip(position: string): StateChange {
  return (state) => {
    if (state.pause === undefined) return undefined;
    const { skippedFrom = position } = state;
    return { ...state, skippedFrom: position < skippedFrom ? position : skippedFrom };
  };
}

/** What was skipped before this resume is in the rows up to here. What was skipped in a pause since is still owed. */
export function caughtUpTo(since: string, position: string): StateChange {
  return (state) => (isSince(state, since) ? { ...state, skippedFrom: position } : undefined);
}

export function caughtUp(since: string): StateChange {
  return ({ skippedFrom: _, ...state }) => (isSince(state, since) ? state : undefined);
}

function isSince(state: ProjectionState, resumedAt: string): boolean {
  return state.pause === undefined && state.resumedAt === resumedAt;
}

export function beginRebuild(startedAt: string): StateChange {
  return (state) => {
    if (state.rebuild !== undefined) return undefined;
    const generation = state.lastGeneration + 1;
    return { ...state, lastGeneration: generation, rebuild: { generation, startedAt, run: 1 } };
  };
}

/** Its machine's execution has ended too early: the next one goes on where it was. */
export function runAgain({ generation, run }: Rebuild): StateChange {
  return (state) =>
    state.rebuild?.generation === generation && state.rebuild.run === run
      ? { ...state, rebuild: { ...state.rebuild, run: run + 1 } }
      : undefined;
}

/** How a rebuild ends: with what it has written. */
export interface RebuildEnd {
  generation: number;
  rows: RebuiltRows;
  endedAt: string;
}

/** From here on readers see the rebuilt rows. */
export function switchOver(end: RebuildEnd): StateChange {
  return (state) =>
    ended(state, end, ({ generation: before, ...rest }, lastRebuild) => ({
      ...rest,
      generation: end.generation,
      retired: retiring(rest, before, end.endedAt),
      lastRebuild: { ...lastRebuild, outcome: 'switched' },
    }));
}

/** Readers keep what they have. */
export function giveUp(end: RebuildEnd, error: string): StateChange {
  return (state) =>
    ended(state, end, (rest, lastRebuild) => ({
      ...rest,
      retired: retiring(rest, end.generation, end.endedAt),
      lastRebuild: { ...lastRebuild, outcome: 'failed', error },
    }));
}

type Settled = Omit<ProjectionState, 'rebuild'>;

function ended(
  { rebuild, ...state }: ProjectionState,
  { generation, rows, endedAt }: RebuildEnd,
  settle: (state: Settled, ended: Omit<EndedRebuild, 'outcome'>) => ProjectionState,
): ProjectionState | undefined {
  if (rebuild?.generation !== generation) return undefined;
  return settle(state, { generation, startedAt: rebuild.startedAt, endedAt, rows });
}

function retiring({ retired }: Pick<ProjectionState, 'retired'>, generation: number, now: string) {
  return { ...retired, [generation]: after(now, RETIRED_MS) };
}

/** All rows of a generation are removed. */
export function forget(generation: number): StateChange {
  return (state) => {
    const { [String(generation)]: gone, ...retired } = state.retired;
    return gone === undefined ? undefined : { ...state, retired };
  };
}

/** Generations whose rows are to go. */
export function removable({ retired }: ProjectionState, now: string): number[] {
  return Object.entries(retired).flatMap(([generation, from]) => (from <= now ? [Number(generation)] : []));
}

/**
 * The generations that live events go to. What is being rebuilt comes first: so its rows are never behind those that are read, whenever
 * the switch comes.
 */
export function liveGenerations({ generation, rebuild }: ProjectionState): number[] {
  return rebuild === undefined ? [generation] : [rebuild.generation, generation];
}

export function statusOf({ pause: paused, rebuild }: ProjectionState): 'running' | 'paused' | 'rebuilding' {
  if (rebuild !== undefined) return 'rebuilding';
  return paused === undefined ? 'running' : 'paused';
}

function after(time: string, ms: number): string {
  return new Date(Date.parse(time) + ms).toISOString();
}
