import { randomUUID } from 'node:crypto';
import type { Commit } from '../../../functions/shared/platform/log/event-log.ts';
import type {
  DeliveryRecord,
  NewDelivery,
  WebhookStream,
} from '../../../functions/shared/platform/webhooks/deliveries.ts';
import type { DeliveryStore, Write } from '../../../functions/shared/platform/webhooks/delivery-store.ts';
import type { DeliveryQueue, DueStreams } from '../../../functions/webhooks/adapters/delivery-queue.ts';

/** Messages and their queue, and what others do in their tables and see there. */
export interface OpenedDeliveries {
  store: DeliveryStore;
  queue: DeliveryQueue;
  due: DueStreams;
  /** The streams that a subscription has put aside. */
  parked(subscriptionId: string): AsyncIterable<readonly string[]>;
  commit(writes: Write[]): Promise<boolean>;
  /** What the event log holds of an aggregate. */
  history(aggregateId: string): Promise<readonly Commit[]>;
}

export const AT = {
  now: '2026-08-19T10:00:00.000Z',
  /** As much as clocks may differ. */
  skewed: '2026-08-19T10:00:02.000Z',
  soon: '2026-08-19T10:00:10.000Z',
  /** When a claim of `now` has run out. */
  runOut: '2026-08-19T10:00:30.000Z',
  later: '2026-08-19T10:05:00.000Z',
};

export function newStream(): WebhookStream {
  const stream = `req_${randomUUID()}`;
  return { stream, url: 'https://receiver.example/hook', owner: 'key_1', correlationId: 'corr_1' };
}

export function newDelivery(stream: string, seq: number, createdAt = AT.now): NewDelivery {
  return { stream, seq, body: JSON.stringify({ stream, seq }), createdAt };
}

/** A stream that is open, with these messages in it. */
export async function givenStream(opened: Pick<OpenedDeliveries, 'store' | 'commit'>, ...seqs: number[]) {
  const stream = newStream();
  await opened.commit(opened.store.open(stream));
  for (const seq of seqs) await opened.commit(opened.store.add(newDelivery(stream.stream, seq)));
  const id = stream.stream;
  const load = async () => (await opened.store.load(id))?.deliveries ?? [];
  return { stream, id, load, first: (await load())[0] as DeliveryRecord };
}

/** As a message stands after a try. */
export function tried(before: DeliveryRecord, changes: Partial<DeliveryRecord>): DeliveryRecord {
  const attempts = [...before.attempts, { at: AT.now, statusCode: 200, durationMs: 5 }];
  return { ...before, tries: before.tries + 1, attempts, revision: before.revision + 1, ...changes };
}
