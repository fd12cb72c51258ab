import type { ProjectionName } from '../../contracts/projections.ts';
import { PROJECTIONS } from '../../contracts/projections.ts';
import type { ProjectionState, RebuiltRows } from '../../shared/kernel/projection-state.ts';
import type { Commit } from '../../shared/platform/log/event-log.ts';
import type { LogScan } from '../../shared/platform/log/log-scan.ts';
import { storedEvents } from '../../shared/platform/log/stored-event.ts';
import { countsBetween, folded, UnappliedEvent } from '../../shared/platform/read-models/projection.ts';
import type { Versioned } from '../../shared/platform/read-models/read-models.ts';
import { sideBySide } from '../../shared/platform/side-by-side.ts';
import { hasRowOf } from '../domain/followed.ts';
import type { PageGroup } from '../domain/page-groups.ts';
import { pageGroups } from '../domain/page-groups.ts';
import { READ_MODELS } from '../domain/read-models.ts';
import { compared, NO_ROWS, sumOf } from '../domain/rebuilt-rows.ts';
import type { ProjectionPorts } from './projection-ports.ts';
import { projectorOf } from './projection-ports.ts';
import type { Segment, Segments } from './projection-store.ts';

export interface RebuildPorts extends ProjectionPorts {
  scan: LogScan;
  segments: Segments;
}

/** What is being filled. */
export interface Target {
  projection: ProjectionName;
  generation: number;
}

/** Aggregates of a page that are written at a time. */
const SIDE_BY_SIDE = 8;

/**
 * Goes on filling one segment, page by page, until it is filled (`true`) or time is up. A page whose place was not kept is applied again,
 * and finds its rows there.
 */
export async function fillSegment(
  ports: RebuildPorts,
  target: Target,
  part: number,
  isTimeUp: () => boolean,
): Promise<boolean> {
  for (;;) {
    const begun = await ports.segments.read(target.projection, target.generation);
    const segment = begun.find(({ segment: one }) => one === part) ?? notBegun(part);
    const page = segment.isDone ? undefined : await ports.scan.read(part, segment.after);
    const { generation: readGeneration } = await assertUnderWay(ports, target);
    if (page === undefined) return true;
    const rows = await fillPage(checkedAgain(ports, target), { ...target, readGeneration }, page.commits);
    const { after } = page;
    const next = { ...segment, saves: segment.saves + 1, after, isDone: after === undefined };
    await ports.segments.save(target.projection, target.generation, { ...next, rows: sumOf([segment.rows, rows]) });
    if (isTimeUp()) return false;
  }
}

const notBegun = (segment: number): Segment => ({ segment, saves: 0, isDone: false, rows: NO_ROWS });

/**
 * A run that was thought dead and is not ends here. Asked after the log is read, before what it told is written: so nothing comes to rows
 * that are read by now, and was committed too late for a rebuild that follows.
 */
async function assertUnderWay({ store }: RebuildPorts, { projection, generation }: Target): Promise<ProjectionState> {
  const { state } = await store.read(projection);
  if (state.rebuild?.generation === generation) return state;
  throw new Error(`The rebuild ${generation} of ${projection} is over.`);
}

function checkedAgain(ports: RebuildPorts, target: Target): RebuildPorts {
  const load: RebuildPorts['log']['load'] = async (aggregateId) => {
    const stream = await ports.log.load(aggregateId);
    await assertUnderWay(ports, target);
    return stream;
  };
  return { ...ports, log: { ...ports.log, load } };
}

interface Page extends Target {
  /** What readers see meanwhile. */
  readGeneration: number;
}

async function fillPage(ports: RebuildPorts, page: Page, commits: readonly Commit[]): Promise<RebuiltRows> {
  const source = PROJECTIONS[page.projection];
  const own = commits.filter(({ aggregateId, source: by }) => by === undefined && hasRowOf(source, aggregateId));
  const all = [NO_ROWS];
  await sideBySide(pageGroups(own), SIDE_BY_SIDE, async (group) => {
    all.push(await fillRow(ports, page, group));
  });
  return sumOf(all);
}

type Row = Versioned<object> | undefined;

async function fillRow(ports: RebuildPorts, page: Page, group: PageGroup<Commit>): Promise<RebuiltRows> {
  const { projection, readGeneration } = page;
  const rebuilt = (group.isWhole && (await putWhole(ports, page, group))) || (await upToLog(ports, page, group));
  const read = await ports.rowsOf(projection, readGeneration).get(group.aggregateId);
  let outcome = compared(rebuilt, read);
  // It may be a live event that has come since, and then it has come to both.
  if (outcome.older > 0) outcome = compared(await upToLog(ports, page, group), read);
  // An aggregate that goes on over the end of a page is one row.
  return group.commits[0]?.version === 1 ? outcome : { ...NO_ROWS, older: outcome.older };
}

/** `false`: there is a row already, which came by a live event or by a run before. */
async function putWhole(
  ports: RebuildPorts,
  { projection: name, generation }: Page,
  { commits }: PageGroup<Commit>,
): Promise<Row | false> {
  const { projection } = READ_MODELS[name];
  const { next, failure } = folded(projection, undefined, commits.flatMap(storedEvents));
  if (failure !== undefined) await keepBack(ports, name, failure);
  if (next === undefined) return undefined;
  const isPut = await ports.rowsOf(name, generation).put(next, 0, countsBetween(projection, undefined, next));
  return isPut && next;
}

async function upToLog(
  ports: RebuildPorts,
  { projection: name, generation }: Page,
  { aggregateId }: PageGroup<Commit>,
): Promise<Row> {
  try {
    await projectorOf(ports, name, generation).catchUp(aggregateId);
  } catch (error) {
    if (!(error instanceof UnappliedEvent)) throw error;
    await keepBack(ports, name, error);
  }
  return ports.rowsOf(name, generation).get(aggregateId);
}

/** The row comes as far as it did live: up to this event, which waits for a mended projection. */
async function keepBack({ failed, now }: RebuildPorts, name: ProjectionName, { event, message }: UnappliedEvent) {
  const { eventId, eventType, data } = event;
  await failed.record(name, { eventId, eventType, aggregateId: data.aggregateId, error: message, at: now() });
}
