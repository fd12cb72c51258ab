import type { ProjectionName } from '../../contracts/projections.ts';
import { messageOf } from '../../shared/kernel/errors.ts';
import { UnappliedEvent } from '../../shared/platform/read-models/projection.ts';
import { MAX_RECENT_ERRORS, pause, recentSince } from '../domain/projection-changes.ts';
import type { ProjectionPorts } from './projection-ports.ts';
import type { Failing } from './projection-store.ts';
import { changeState } from './projection-store.ts';

type Failed = Omit<Failing, 'at' | 'error'> & { error: unknown };

/**
 * Whether another delivery may go well: a table that refused may take it then. So a moment's outage, of which every event hears, pauses
 * nothing. What a fold does not know, it will not know then either.
 */
export function mayPass(error: unknown): boolean {
  return !(error instanceof UnappliedEvent);
}

/**
 * Keeps what could not be applied, and pauses a projection to which that happens too often (seed: handleProjectionError). Answers
 * whether it has just been paused.
 */
export async function handleFailure(
  { store, failed, now }: ProjectionPorts,
  name: ProjectionName,
  { error, ...event }: Failed,
): Promise<boolean> {
  const at = now();
  await failed.record(name, { ...event, error: messageOf(error), at });
  const { state } = await store.read(name);
  const recent = await failed.recentErrors(name, recentSince(state, at));
  if (recent <= MAX_RECENT_ERRORS) return false;
  return (await changeState(store, name, pause(at, 'errors'))) !== undefined;
}
