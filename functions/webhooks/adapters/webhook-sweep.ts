import type { Kick } from '../../shared/platform/webhooks/delivery-store.ts';
import type { DueStreams } from './delivery-queue.ts';

/**
 * Kicks every stream that has something to send and whose moment has come: kicks are lost, senders die, and what is due in hours nobody
 * kicks at all. What went wrong is told at the end, and the next sweep meets it again.
 *
 * @param now ISO 8601, UTC
 */
export async function sweepWebhooks({ due, kick }: { due: DueStreams; kick: Kick }, now: string): Promise<void> {
  const failures: unknown[] = [];
  for await (const streams of due(now)) {
    const kicks = await Promise.allSettled(streams.map((stream) => kick(stream)));
    failures.push(...kicks.flatMap((one) => (one.status === 'rejected' ? [one.reason] : [])));
  }
  if (failures.length > 0) throw failures[0];
}
