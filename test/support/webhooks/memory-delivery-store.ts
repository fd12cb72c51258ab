import type {
  DeliveryRecord,
  NewDelivery,
  WebhookStream,
} from '../../../functions/shared/platform/webhooks/deliveries.ts';
import {
  givenDelivery,
  replayedDelivery,
  unknownDelivery,
} from '../../../functions/shared/platform/webhooks/delivery-changes.ts';
import type { DeliveryStore, StreamState, Write } from '../../../functions/shared/platform/webhooks/delivery-store.ts';

/** A message as its row holds it. */
type StoredDelivery = DeliveryRecord & { /** In seconds since 1970. */ expiresAt?: number };

/** All rows of a stream. It is due where it has a `dueAt`. */
export interface MemoryStream {
  stream: WebhookStream;
  revision: number;
  lastCalled: number;
  lastGiven: number;
  gone: boolean;
  dueAt?: string;
  /** The subscription that it waits for. */
  parkedFor?: string | undefined;
  claimedUntil?: string;
  deliveries: Map<number, StoredDelivery>;
}

/** Messages in memory. The contract suite holds them to the same rules as those in DynamoDB. */
export interface MemoryDeliveryStore extends DeliveryStore {
  /**
   * Applies what `open` and `add` gave, all or nothing, as a transaction does. `false`: a condition did not hold, and nothing was
   * written. For memory stores whose own rows change in the same transaction: look first, then commit, then write.
   */
  commit(writes: readonly Write[]): boolean;
  /** The rows themselves. */
  readonly streams: Map<string, MemoryStream>;
}

export function memoryDeliveryStore(now: () => number = () => Date.now()): MemoryDeliveryStore {
  const streams = new Map<string, MemoryStream>();
  return {
    streams,
    open: (stream) => [opaque({ opened: { ...stream } })],
    add: (delivery) => [opaque({ added: { ...delivery } })],
    commit: (writes) => commit(streams, writes.map(changeOf)),
    load: async (stream) => load(streams.get(stream), now()),
    replay: async (delivery, at) => replay(streams, delivery, at),
  };
}

type Change = { opened: WebhookStream } | { added: NewDelivery };

/** In the form of a DynamoDB write, so that it passes where one is wanted. */
function opaque(change: Change): Write {
  return { Put: { TableName: 'memory', Item: change } };
}

function changeOf({ Put }: Write): Change {
  if (Put?.TableName !== 'memory') throw new Error('This write is of another store.');
  return Put.Item as Change;
}

const streamOf = (change: Change): string => ('opened' in change ? change.opened.stream : change.added.stream);

function commit(streams: Map<string, MemoryStream>, changes: Change[]): boolean {
  // DynamoDB takes no transaction with two writes on one row, and each of these writes its stream's.
  if (new Set(changes.map(streamOf)).size < changes.length) throw new Error('Two writes on one row.');
  if (!changes.every((change) => mayApply(streams.get(streamOf(change)), change))) return false;
  for (const change of changes) apply(streams, change);
  return true;
}

function mayApply(row: MemoryStream | undefined, change: Change): boolean {
  if ('opened' in change) return row === undefined;
  return row !== undefined && !row.deliveries.has(change.added.seq);
}

function apply(streams: Map<string, MemoryStream>, change: Change): void {
  if ('opened' in change) {
    streams.set(change.opened.stream, {
      ...{ stream: change.opened, revision: 0, lastCalled: 0, lastGiven: 0, gone: false },
      deliveries: new Map(),
    });
    return;
  }
  const { added } = change;
  const row = streams.get(added.stream) as MemoryStream;
  row.deliveries.set(added.seq, givenDelivery(added));
  Object.assign(row, {
    dueAt: added.createdAt,
    parkedFor: undefined,
    lastCalled: added.seq,
    lastGiven: added.seq,
    revision: row.revision + 1,
  });
}

function load(row: MemoryStream | undefined, now: number): StreamState | undefined {
  if (row === undefined) return undefined;
  const kept = [...row.deliveries.values()].filter(
    ({ expiresAt }) => expiresAt === undefined || expiresAt * 1000 > now,
  );
  return structuredClone({ stream: row.stream, lastGiven: row.lastGiven, deliveries: inOrder(kept) });
}

/** As a reader gets them: the lowest first, without what only the row holds. */
export function inOrder(deliveries: Iterable<StoredDelivery>): DeliveryRecord[] {
  const sorted = [...deliveries].sort((one, other) => one.seq - other.seq);
  return structuredClone(sorted.map(({ expiresAt: _, ...delivery }) => delivery));
}

function replay(streams: Map<string, MemoryStream>, known: DeliveryRecord, now: string): DeliveryRecord {
  const row = streams.get(known.stream);
  const stored = row?.deliveries.get(known.seq);
  if (row === undefined || stored === undefined) throw unknownDelivery(known);
  const { expiresAt: _, ...delivery } = stored;
  const replayed = replayedDelivery(delivery, now);
  row.deliveries.set(known.seq, replayed);
  Object.assign(row, {
    dueAt: now,
    parkedFor: undefined,
    gone: false,
    lastCalled: known.seq,
    revision: row.revision + 1,
  });
  return structuredClone(replayed);
}
