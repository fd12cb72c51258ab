import type { Page } from '../../../functions/contracts/api/list.ts';
import { callbackOf, callbackStream } from '../../../functions/requests/adapters/request-callbacks.ts';
import type {
  DueRequests,
  RequestLists,
  RequestPage,
  RequestStore,
} from '../../../functions/requests/adapters/request-store.ts';
import type { RequestRecord } from '../../../functions/requests/domain/request.ts';
import { dueAt, hasEnded, isSeen } from '../../../functions/requests/domain/request.ts';
import type { RequestChange } from '../../../functions/requests/domain/request-changes.ts';
import { cursorTo, placeOf } from '../../../functions/shared/platform/cursor.ts';
import type { MemoryDeliveryStore } from '../webhooks/memory-delivery-store.ts';

/** Requests in memory. The contract suite holds them to the same rules as those in DynamoDB. */
export interface MemoryRequestStore extends RequestStore, RequestLists {
  due: DueRequests;
  /** All of them as they stand. */
  all(): RequestRecord[];
  /** Every version that one has had, from its creation on. */
  history(requestId: string): RequestRecord[];
}

/** All as JSON text, so that nobody shares an object with the store. */
interface Rows {
  /** All versions of each, the newest last. */
  requests: Map<string, string[]>;
  payloads: Map<string, string>;
  results: Map<string, string>;
}

export function memoryRequestStore(deliveries: MemoryDeliveryStore): MemoryRequestStore {
  const rows: Rows = { requests: new Map(), payloads: new Map(), results: new Map() };
  const find = (requestId: string) => newest(rows.requests.get(requestId));
  const all = () => [...rows.requests.values()].flatMap((versions) => newest(versions) ?? []);
  return {
    all,
    history: (requestId) => (rows.requests.get(requestId) ?? []).map((json) => JSON.parse(json)),
    create: async (request, payload) => create(rows, deliveries, request, payload),
    find: async (requestId) => find(requestId),
    async payload(requestId) {
      const json = rows.payloads.get(requestId);
      return json === undefined ? undefined : { value: JSON.parse(json) };
    },
    async result(requestId) {
      const json = rows.results.get(requestId);
      if (json === undefined) throw new Error(`The request ${requestId} has no result.`);
      return JSON.parse(json);
    },
    save: async (change) => save(rows, deliveries, change),
    list: async (page) => list(all(), page),
    async *due(now) {
      const found = all().filter((request) => (dueAt(request) ?? '~') <= now);
      if (found.length > 0) yield found.map(({ requestId }) => requestId);
    },
  };
}

function newest(versions: string[] = []): RequestRecord | undefined {
  const json = versions.at(-1);
  return json === undefined ? undefined : JSON.parse(json);
}

function create(rows: Rows, deliveries: MemoryDeliveryStore, request: RequestRecord, payload: unknown): boolean {
  if (rows.requests.has(request.requestId)) return false;
  const stream = callbackStream(request);
  if (stream !== undefined && !deliveries.commit(deliveries.open(stream))) return false;
  rows.requests.set(request.requestId, [JSON.stringify(request)]);
  rows.payloads.set(request.requestId, JSON.stringify(payload));
  return true;
}

function save(rows: Rows, deliveries: MemoryDeliveryStore, change: RequestChange): boolean {
  const { before, next, result } = change;
  const versions = rows.requests.get(next.requestId);
  if (versions === undefined || newest(versions)?.revision !== before.revision) return false;
  const callback = callbackOf(change);
  if (callback !== undefined && !deliveries.commit(deliveries.add(callback))) return false;
  versions.push(JSON.stringify(next));
  if (hasEnded(next)) rows.payloads.delete(next.requestId);
  if (result !== undefined) rows.results.set(next.requestId, JSON.stringify(result.value));
  return true;
}

const sortOf = ({ createdAt, requestId }: RequestRecord): string => `${createdAt}#${requestId}`;

function list(all: RequestRecord[], { limit, cursor, status, now }: RequestPage): Page<RequestRecord> {
  const name = status === undefined ? 'requests' : `requests/${status}`;
  const after = cursor === undefined ? '~' : placeOf(cursor, name, ['sort']).sort;
  const found = all
    .filter((request) => isSeen(request, now) && (status === undefined || request.status === status))
    .filter((request) => sortOf(request) < after)
    .sort((one, other) => (sortOf(one) < sortOf(other) ? 1 : -1));
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: found.length > limit && last ? cursorTo(name, { sort: sortOf(last) }) : null };
}
