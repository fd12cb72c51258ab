import type { AnyEvent } from '../../../functions/contracts/event.ts';
import { eventEndpoints } from '../../../functions/events/adapters/event-endpoints.ts';
import { dynamoPublicationMarks } from '../../../functions/events/adapters/publication-marks.ts';
import { dynamoPublicationStatus } from '../../../functions/events/adapters/publication-status.ts';
import type { NewEvent } from '../../../functions/shared/kernel/decider.ts';
import { dynamoClient } from '../../../functions/shared/platform/dynamo-client.ts';
import { dynamoIdempotency } from '../../../functions/shared/platform/http/dynamo-idempotency.ts';
import { httpPipeline } from '../../../functions/shared/platform/http/http-pipeline.ts';
import { commitFeed } from '../../../functions/shared/platform/log/commit-feed.ts';
import type { Commit, EventLog } from '../../../functions/shared/platform/log/event-log.ts';
import type { ApiCall } from '../api/api-calls.ts';
import { apiCaller } from '../api/api-calls.ts';
import { memoryOrderedLog } from '../publisher/memory-commit-order.ts';
import { memoryDocuments } from '../webhooks/memory-documents.ts';

const EVENTS = '/api/v1/events';
export const PUBLISH = { eventType: 'order.placed', source: 'shop', data: { total: 5 } };

/** Made once: it takes its time. */
const client = dynamoClient();

interface EventPage {
  items: AnyEvent[];
  nextCursor: string | null;
}

/** The API of events over a log in memory, with marks as the publisher writes them. */
export function eventApi(isShown?: (commit: Commit) => boolean) {
  const { rowsOf } = memoryDocuments({ marks: ['aggregateId', 'version'] });
  const ordered = memoryOrderedLog(isShown);
  const feed = commitFeed(ordered.order, async (places) => {
    const wanted = new Set(places.map(({ position }) => position));
    return ordered.commits.filter(({ position }) => wanted.has(position));
  });
  const log: EventLog = {
    load: (id) => (id === '' ? Promise.reject(new Error('A key must not be empty.')) : ordered.log.load(id)),
    append: ordered.log.append,
  };
  const endpoints = eventEndpoints({
    log: { load: (id) => log.load(id), append: (...args) => log.append(...args) },
    feed,
    publication: dynamoPublicationStatus(client, 'marks'),
  });
  const api = apiCaller(httpPipeline(endpoints, { idempotency: dynamoIdempotency('Idempotency') }));
  let requests = 0;
  const call = (method: string, path = '', more: Partial<ApiCall> = {}) => {
    requests += 1;
    return api({ method, path: `${EVENTS}${path}`, remainingMs: 28_000, requestId: `request-${requests}`, ...more });
  };
  const publish = (body: object = {}, more: Partial<ApiCall> = {}) =>
    call('POST', '', { body: { ...PUBLISH, ...body }, ...more });
  return {
    log,
    commits: ordered.commits,
    marks: () => rowsOf('marks'),
    mark: dynamoPublicationMarks(client, 'marks'),
    call,
    publish,
    published: async (body: object = {}) => (await publish(body)).json.data as AnyEvent,
    get: (eventId: string) => call('GET', `/${eventId}`),
    list: (query: Record<string, string> = {}) => call('GET', '', { query }),
    page: async (query: Record<string, string> = {}) => (await call('GET', '', { query })).json.data as EventPage,
    /** A commit of one of our aggregates, or of a user's. */
    async append(aggregateId: string, events: readonly NewEvent[], at: string): Promise<Commit> {
      const stream = await ordered.log.load(aggregateId);
      const commit = await ordered.log.append(stream, {
        commitId: `cmd_${aggregateId}_${stream.version}`,
        committedAt: at,
        events,
        metadata: { correlationId: 'corr_1', traceId: '1-5759e988-bd862e3fe1be46a994272793' },
      });
      if (commit === 'conflict') throw new Error('Nobody else writes here.');
      return commit;
    },
  };
}

export const noted = (...texts: string[]): NewEvent[] => texts.map((text) => ({ type: 'Noted', data: { text } }));
