import type { EventListQuery } from '../../contracts/api/event.ts';
import { eventRoutes } from '../../contracts/api/event.ts';
import type { Page } from '../../contracts/api/list.ts';
import type { AnyEvent } from '../../contracts/event.ts';
import { placeOfEvent } from '../../contracts/event-names.ts';
import { AppError, invalid } from '../../shared/kernel/errors.ts';
import { cursorTo, placeOf } from '../../shared/platform/cursor.ts';
import { endpoint } from '../../shared/platform/http/http-pipeline.ts';
import type { HttpRequest } from '../../shared/platform/http/http-request.ts';
import { currentTraceId } from '../../shared/platform/ids.ts';
import type { CommitFeed } from '../../shared/platform/log/commit-feed.ts';
import { FEED_PAGE, settledUntil } from '../../shared/platform/log/commit-feed.ts';
import { BEGINNING } from '../../shared/platform/log/commit-order.ts';
import type { Commit, CommitMetadata, EventLog } from '../../shared/platform/log/event-log.ts';
import { eventsOf } from '../../shared/platform/log/stored-event.ts';
import type { PublicationStatus } from './publication-status.ts';

export interface EventPorts {
  log: EventLog;
  feed: CommitFeed;
  publication: PublicationStatus;
}

/** The seed's publisher for users, and the log for those who read along. */
export function eventEndpoints(ports: EventPorts) {
  return [
    endpoint(eventRoutes.publishEvent, async (request) => ({ kind: 'data', data: await publish(ports, request) })),
    endpoint(eventRoutes.getEvent, async ({ params }) => ({ kind: 'data', data: await find(ports, params.eventId) })),
    endpoint(eventRoutes.listEvents, async ({ query, now }) => {
      if (query.aggregateId !== undefined)
        return { kind: 'data', data: await history(ports, query.aggregateId, query) };
      return { kind: 'data', data: await since(ports, query, now) };
    }),
  ];
}

/** Each event of a user is an aggregate of its own: nobody's version stands in its way. The publisher finds it in the log like any other. */
async function publish(
  { log }: EventPorts,
  { body, caller, commandId, correlationId, newId, now }: HttpRequest<typeof eventRoutes.publishEvent>,
): Promise<AnyEvent> {
  const { eventType: type, source, data, metadata } = body;
  const stream = { aggregateId: newId('evt'), version: 0, commits: [] };
  const commit = await log.append(stream, {
    commitId: commandId,
    committedAt: now,
    source,
    events: [{ type, data }],
    metadata: {
      correlationId,
      userId: caller.keyId,
      ...(metadata as Partial<CommitMetadata>),
      traceId: currentTraceId(),
    },
  });
  if (commit === 'conflict') throw new Error('An event of this id is there already, and not of this call.');
  return eventsOf(commit)[0] as AnyEvent;
}

async function find({ log, publication }: EventPorts, eventId: string) {
  const { aggregateId, version } = placeOfEvent(eventId);
  const { commits } = version === 0 ? { commits: [] } : await log.load(aggregateId);
  const commit = commits.find((one) => one.version <= version && version <= one.lastVersion);
  const event = commit && eventsOf(commit).find((one) => one.eventId === eventId);
  if (commit === undefined || event === undefined) throw new AppError('NOT_FOUND', `There is no event ${eventId}.`);
  return { ...event, publication: await publication(commit, eventId) };
}

async function history({ log }: EventPorts, aggregateId: string, query: EventListQuery): Promise<Page<AnyEvent>> {
  if (query.since !== undefined) throw invalid([{ path: 'since', message: 'is not taken together with aggregateId' }]);
  const list = `events/${aggregateId}`;
  const { commits } = await log.load(aggregateId);
  const after = query.cursor === undefined ? '' : placeOf(query.cursor, list, ['position']).position;
  return page(list, behind(commits, after), { limit: query.limit, isMore: false });
}

const FEED = 'events';

async function since({ feed }: EventPorts, query: EventListQuery, now: string): Promise<Page<AnyEvent>> {
  const { limit, cursor, since: position = '' } = query;
  const after = cursor === undefined ? position : placeOf(cursor, FEED, ['position']).position;
  const commits = await feed.read(justBefore(after), settledUntil(now));
  return page(FEED, behind(commits, after), { limit, isMore: commits.length === FEED_PAGE });
}

/** An event's position begins with its commit's, whose later events are still to come: so that commit is read once more. */
function justBefore(position: string): string {
  const commit = position.slice(0, position.lastIndexOf('_'));
  return commit.slice(0, -1) || BEGINNING;
}

function behind(commits: readonly Commit[], position: string): AnyEvent[] {
  return commits.flatMap(eventsOf).filter((event) => event.position > position);
}

function page(
  list: string,
  events: readonly AnyEvent[],
  { limit, isMore }: { limit: number; isMore: boolean },
): Page<AnyEvent> {
  const items = events.slice(0, fitting(events.slice(0, limit)));
  const last = items.at(-1);
  const goesOn = last !== undefined && (isMore || events.length > items.length);
  return { items, nextCursor: goesOn ? cursorTo(list, { position: last.position }) : null };
}

/** A Lambda's answer ends at 6 MB, and has its body as JSON inside of JSON. */
const MAX_PAGE_BYTES = 5 * 1024 * 1024;

/** How many of these events an answer can hold: one at least. */
function fitting(events: readonly AnyEvent[]): number {
  let bytes = 0;
  const tooMany = events.findIndex((event) => {
    bytes += Buffer.byteLength(JSON.stringify(JSON.stringify(event)));
    return bytes > MAX_PAGE_BYTES;
  });
  return tooMany === -1 ? events.length : Math.max(tooMany, 1);
}
