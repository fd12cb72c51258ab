import type { ProjectionName } from '../../contracts/projections.ts';
import { PROJECTION_NAMES } from '../../contracts/projections.ts';
import type { Rebuild } from '../../shared/kernel/projection-state.ts';
import { forget, removable, runAgain } from '../domain/projection-changes.ts';
import type { CatchUpPorts } from './catch-up.ts';
import { catchUp } from './catch-up.ts';
import type { LagPorts } from './projection-lag.ts';
import { progressOf, sharedReads } from './projection-lag.ts';
import { changeState } from './projection-store.ts';
import type { RebuildExecutions } from './rebuild-executions.ts';

export interface KeeperPorts extends CatchUpPorts {
  executions: RebuildExecutions;
  /** Removes some rows of a generation; `false`: none are left. */
  removeSome(name: ProjectionName, generation: number): Promise<boolean>;
  /** Has the keeper look again, in so many seconds. */
  again(delaySeconds: number): Promise<void>;
  tell(name: ProjectionName, stand: Stand): void;
  isTimeUp(): boolean;
}

/** What a look has found. */
export interface Stand {
  isPausedByErrors: boolean;
  /** In ms. */
  lag: number;
  failedEvents: number;
}

/** Of the log, for all projections together where they stand alike. */
const MAX_PAGES = 100;

/** What is not at its end yet is looked at again after so long. */
const SOON_S = 10;

/**
 * Looks after all projections: rebuilds that were begun and not started, or cut off, go on; what came in a pause is applied; what nobody
 * reads any more goes. Whatever it does, it may do twice, beside itself, and only in part.
 */
export async function keepProjections(ports: KeeperPorts): Promise<void> {
  const now = ports.now();
  const look = { ...ports, feed: sharedReads(ports.feed), now: () => now };
  const looks = await Promise.allSettled(PROJECTION_NAMES.map((name) => keep(ports, name, look)));
  const failures = looks.flatMap((look) => (look.status === 'rejected' ? [look.reason] : []));
  if (looks.some((look) => look.status === 'fulfilled' && look.value)) await ports.again(SOON_S);
  if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join('; '));
}

/** Answers whether there is more to do soon. */
async function keep(ports: KeeperPorts, name: ProjectionName, look: LagPorts): Promise<boolean> {
  const { state } = await ports.store.read(name);
  if (state.rebuild !== undefined) await drive(ports, name, state.rebuild);
  const isOwing = await catchUp(ports, name, ports.isTimeUp);
  for (const generation of removable(state, ports.now())) await remove(ports, name, generation);
  const [{ lag }, failedEvents] = await Promise.all([progressOf(look, name, MAX_PAGES), ports.failed.count(name)]);
  ports.tell(name, { lag, failedEvents, isPausedByErrors: state.pause?.because === 'errors' });
  return isOwing;
}

async function drive({ executions, store }: KeeperPorts, name: ProjectionName, rebuild: Rebuild): Promise<void> {
  const status = await executions.status(name, rebuild);
  if (status === 'running') return;
  if (status === 'missing') return executions.start(name, rebuild);
  const next = await changeState(store, name, runAgain(rebuild));
  if (next?.rebuild !== undefined) await executions.start(name, next.rebuild);
}

async function remove(ports: KeeperPorts, name: ProjectionName, generation: number): Promise<void> {
  while (!ports.isTimeUp()) {
    if (await ports.removeSome(name, generation)) continue;
    await changeState(ports.store, name, forget(generation));
    return;
  }
}
