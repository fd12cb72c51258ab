import { timestamp } from '../domain/request.ts';
import type { Clock } from './clock.ts';
import type { OrderTry } from './request-orders.ts';
import type { DueRequests } from './request-store.ts';

export interface SweepPorts {
  due: DueRequests;
  order: OrderTry;
  clock: Pick<Clock, 'now'>;
}

/**
 * Has every request go on that somebody has left behind: its order was lost, or whoever made its try died. What went wrong is told at
 * the end, and the next sweep meets it again.
 */
export async function sweepRequests({ due, order, clock }: SweepPorts): Promise<void> {
  const failures: unknown[] = [];
  for await (const requestIds of due(timestamp(clock.now()))) {
    const orders = await Promise.allSettled(requestIds.map((requestId) => order(requestId)));
    failures.push(...orders.flatMap((one) => (one.status === 'rejected' ? [one.reason] : [])));
  }
  if (failures.length > 0) throw failures[0];
}
