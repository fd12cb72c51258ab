import type { Commit } from '../../../functions/shared/platform/log/event-log.ts';
import { KEPT_DAYS } from '../../../functions/shared/platform/webhooks/deliveries.ts';
import type { StreamRows } from '../../../functions/shared/platform/webhooks/delivery-rows.ts';
import type {
  Claim,
  DeliveryChange,
  DeliveryQueue,
  DueStreams,
} from '../../../functions/webhooks/adapters/delivery-queue.ts';
import { claimUntil, soonAfter } from '../../../functions/webhooks/adapters/delivery-queue.ts';
import type { MemoryDeliveryStore, MemoryStream } from './memory-delivery-store.ts';
import { inOrder } from './memory-delivery-store.ts';

/** The queue over the rows of a memory store, and what it wrote to the event log. */
export interface MemoryDeliveryQueue extends DeliveryQueue {
  readonly history: Commit[];
  due: DueStreams;
  parked(subscriptionId: string): AsyncIterable<readonly string[]>;
}

export function memoryDeliveryQueue(
  store: MemoryDeliveryStore,
  now: () => number = () => Date.now(),
): MemoryDeliveryQueue {
  const history: Commit[] = [];
  const rowOf = (stream: string) => store.streams.get(stream);
  return {
    history,
    claim: async (stream, at) => claim(rowOf(stream), at),
    renew: async (claim, at) => renew(heldBy(rowOf(claim.stream), claim), at),
    async read(stream) {
      const row = rowOf(stream);
      if (row === undefined) return undefined;
      const { stream: opened, revision, lastCalled, lastGiven, gone, claimedUntil } = row;
      const claimed = claimedUntil === undefined ? {} : { claimedUntil };
      const deliveries = inOrder(row.deliveries.values());
      return { stream: { ...opened }, revision, lastCalled, lastGiven, gone, ...claimed, deliveries };
    },
    record: async (change) => record(rowOf(change.before.stream), history, { change, now: now() }),
    release: async (claim, read, dueAt) => release(heldBy(rowOf(claim.stream), claim), read, dueAt),
    async park(claim, { revision }, subscriptionId) {
      const row = heldBy(rowOf(claim.stream), claim);
      if (row?.revision !== revision) return false;
      putOff(row, claim.until);
      row.parkedFor = subscriptionId;
      return true;
    },
    async unpark(stream, subscriptionId) {
      const row = rowOf(stream);
      if (row?.parkedFor === subscriptionId) putOff(row, new Date(now()).toISOString());
    },
    async drop(claim, at) {
      const row = heldBy(rowOf(claim.stream), claim);
      if (row !== undefined) putOff(row, at);
    },
    async *due(at) {
      const due = [...store.streams].filter(
        ([, { dueAt, parkedFor }]) => parkedFor === undefined && dueAt !== undefined && dueAt <= at,
      );
      for (const [stream] of due) yield [stream];
    },
    async *parked(subscriptionId) {
      const parked = [...store.streams].filter(([, { parkedFor }]) => parkedFor === subscriptionId);
      for (const [stream] of parked) yield [stream];
    },
  };
}

function claim(row: MemoryStream | undefined, now: string): Claim | undefined {
  if (row?.dueAt === undefined || row.dueAt > soonAfter(now)) return undefined;
  if (row.claimedUntil !== undefined && row.claimedUntil > now) return undefined;
  return renew(row, now);
}

function heldBy(row: MemoryStream | undefined, { until }: Claim): MemoryStream | undefined {
  return row?.claimedUntil === until ? row : undefined;
}

function renew(row: MemoryStream | undefined, now: string): Claim | undefined {
  if (row === undefined) return undefined;
  const until = claimUntil(now);
  Object.assign(row, { claimedUntil: until, dueAt: until, parkedFor: undefined });
  return { stream: row.stream.stream, until };
}

function record(
  row: MemoryStream | undefined,
  history: Commit[],
  { change: { before, after, gone, onlyIfGone, commit }, now }: { change: DeliveryChange; now: number },
): boolean {
  if (row?.deliveries.get(before.seq)?.revision !== before.revision) return false;
  if (onlyIfGone && !row.gone) return false;
  // Like the table of the log, it takes one commit at a version.
  const isTaken = history.some(
    ({ aggregateId, version }) => aggregateId === commit?.aggregateId && version === commit.version,
  );
  if (isTaken) return false;
  if (commit !== undefined) history.push(commit);
  const expiresAt = Math.floor(now / 1000) + KEPT_DAYS * 24 * 3600;
  row.deliveries.set(after.seq, structuredClone(after.status === 'pending' ? after : { ...after, expiresAt }));
  row.gone ||= gone;
  return true;
}

function release(
  row: MemoryStream | undefined,
  { revision, lastCalled }: Pick<StreamRows, 'revision' | 'lastCalled'>,
  dueAt: string | undefined,
): boolean {
  if (row?.revision !== revision) return false;
  if (dueAt === undefined && row.deliveries.get(lastCalled)?.status === 'pending') return false;
  putOff(row, dueAt);
  return true;
}

function putOff(row: MemoryStream, dueAt: string | undefined): void {
  delete row.claimedUntil;
  row.parkedFor = undefined;
  if (dueAt === undefined) delete row.dueAt;
  else row.dueAt = dueAt;
}
