import type { Page } from '../../contracts/api/list.ts';
import type { FailedProjectionEvent, ProjectionView } from '../../contracts/api/projection.ts';
import { projectionRoutes } from '../../contracts/api/projection.ts';
import type { ProjectionName, RetryFailedEvent } from '../../contracts/projections.ts';
import { isProjection, PROJECTION_NAMES, REBUILD_SEGMENTS } from '../../contracts/projections.ts';
import { AppError } from '../../shared/kernel/errors.ts';
import type { Rebuild } from '../../shared/kernel/projection-state.ts';
import { endpoint } from '../../shared/platform/http/http-pipeline.ts';
import { sideBySide } from '../../shared/platform/side-by-side.ts';
import { beginRebuild, pause, recentSince, resume, statusOf } from '../domain/projection-changes.ts';
import { sumOf } from '../domain/rebuilt-rows.ts';
import type { LagPorts } from './projection-lag.ts';
import { progressOf, sharedReads } from './projection-lag.ts';
import type { FailedEvents, ProjectionStore, Segments } from './projection-store.ts';
import { changeState } from './projection-store.ts';

export interface ManagerPorts extends LagPorts {
  store: ProjectionStore;
  failed: FailedEvents;
  segments: Segments;
  /** Has the keeper look, now. */
  keep(): Promise<void>;
  /** Sends an event to its projection again. */
  retry(name: ProjectionName, event: RetryFailedEvent): Promise<void>;
}

/** The projection manager's desk (seed: ProjectionManager). */
export function projectionEndpoints(ports: ManagerPorts) {
  return [
    endpoint(projectionRoutes.listProjections, async () => {
      const now = ports.now();
      const look = { ...ports, feed: sharedReads(ports.feed), now: () => now };
      return { kind: 'data', data: { items: await Promise.all(PROJECTION_NAMES.map((name) => viewOf(look, name))) } };
    }),
    endpoint(projectionRoutes.rebuildProjection, async ({ params, now }) => ({
      kind: 'data',
      data: await rebuild(ports, known(params), now),
    })),
    endpoint(projectionRoutes.pauseProjection, async ({ params, now }) => {
      await changeState(ports.store, known(params), pause(now, 'operator'));
      return { kind: 'data', data: await viewOf(ports, known(params)) };
    }),
    endpoint(projectionRoutes.resumeProjection, async ({ params }) => ({
      kind: 'data',
      data: await goOn(ports, known(params)),
    })),
    endpoint(projectionRoutes.listFailedEvents, async ({ params, query }) => ({
      kind: 'data',
      data: await ports.failed.page(known(params), query),
    })),
    endpoint(projectionRoutes.retryFailedEvents, async ({ params }) => ({
      kind: 'data',
      data: await retry(ports, known(params)),
    })),
  ];
}

function known({ name }: { name: string }): ProjectionName {
  if (isProjection(name)) return name;
  throw new AppError('NOT_FOUND', `There is no projection "${name}"; there are ${PROJECTION_NAMES.join(', ')}.`);
}

async function rebuild(ports: ManagerPorts, name: ProjectionName, now: string): Promise<ProjectionView> {
  const begun = await changeState(ports.store, name, beginRebuild(now));
  if (begun === undefined) throw new AppError('CONFLICT', `A rebuild of ${name} is under way already.`);
  await ports.keep();
  return viewOf(ports, name);
}

/** Its moment is taken after the pause is seen to hold: what was skipped before it came before it. */
async function goOn(ports: ManagerPorts, name: ProjectionName): Promise<ProjectionView> {
  await changeState(ports.store, name, resume(ports.now()));
  await ports.keep();
  return viewOf(ports, name);
}

/** The keeper looks further, each minute. */
const MAX_PAGES = 5;

async function viewOf(ports: ManagerPorts, name: ProjectionName): Promise<ProjectionView> {
  const { store, failed, now } = ports;
  const { state } = await store.read(name);
  const [progress, failedEvents, recentErrors] = await Promise.all([
    progressOf(ports, name, MAX_PAGES),
    failed.count(name),
    failed.recentErrors(name, recentSince(state, now())),
  ]);
  return {
    name,
    status: statusOf(state),
    ...(state.pause && { pausedBecause: state.pause.because }),
    checkpoint: progress.checkpoint ?? { position: null, updatedAt: null },
    lag: progress.lag,
    failedEvents,
    recentErrors,
    ...(state.rebuild && { rebuild: await progressOfRebuild(ports, name, state.rebuild) }),
    ...(state.lastRebuild && { lastRebuild: state.lastRebuild }),
  };
}

async function progressOfRebuild(
  { segments }: ManagerPorts,
  name: ProjectionName,
  { generation, startedAt }: Rebuild,
): Promise<NonNullable<ProjectionView['rebuild']>> {
  const begun = await segments.read(name, generation);
  const done = begun.filter(({ isDone }) => isDone).length;
  const progress = Math.floor((100 * done) / REBUILD_SEGMENTS);
  return { progress, startedAt, generation, rows: sumOf(begun.map(({ rows }) => rows)) };
}

/** As many as one call sends in good time. */
const MAX_RETRIES = 1000;
const SENT_AT_ONCE = 10;

async function retry({ failed, retry: send }: ManagerPorts, name: ProjectionName) {
  const events: FailedProjectionEvent[] = [];
  let cursor: string | null | undefined;
  do {
    const page: Page<FailedProjectionEvent> = await failed.page(name, { limit: 100, ...(cursor && { cursor }) });
    events.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null && events.length < MAX_RETRIES);
  await sideBySide(events, SENT_AT_ONCE, ({ eventId, eventType }) => send(name, { retryOf: eventId, eventType }));
  return { retried: events.length, ...(cursor !== null && { more: true as const }) };
}
