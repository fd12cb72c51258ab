import type { StoredEvent } from '../../contracts/event.ts';
import { placeOfEvent } from '../../contracts/event-names.ts';
import type { ProjectionName, RetryFailedEvent } from '../../contracts/projections.ts';
import type { ProjectionState } from '../../shared/kernel/projection-state.ts';
import { liveGenerations, skip } from '../domain/projection-changes.ts';
import { handleFailure, mayPass } from './failing-projection.ts';
import type { ProjectionPorts } from './projection-ports.ts';
import { projectorOf } from './projection-ports.ts';
import { changeState } from './projection-store.ts';

/** How often a delivery has come. */
interface Delivery {
  attempt: number;
  /** The queue will not bring it again. */
  isLast: boolean;
}

export interface LiveProjection {
  /**
   * Before a batch, after it was received: a rebuild that begins later reads the log later, and so finds what this batch brings; one
   * that has begun is known to this batch.
   */
  begin(): Promise<void>;
  handle(detail: StoredEvent | RetryFailedEvent, delivery: Delivery): Promise<void>;
  /** After it, before its messages are acknowledged: how far it came, and what it skipped. */
  end(): Promise<void>;
}

/** One projection behind its queue (seed: ProjectionManager.processEvent). It handles one batch at a time. */
export function liveProjection(ports: ProjectionPorts, name: ProjectionName, paused: () => void): LiveProjection {
  let batch: Batch;
  return {
    async begin() {
      const { state } = await ports.store.read(name);
      batch = { state, dealtWith: [], skipped: [] };
    },
    handle: (detail, delivery) =>
      'retryOf' in detail
        ? retry(ports, name, { event: detail, delivery }, paused)
        : applyOrSkip(ports, name, { event: detail, delivery, batch }, paused),
    end: () => settle(ports, name, batch),
  };
}

interface Batch {
  state: ProjectionState;
  /** Positions. */
  dealtWith: string[];
  skipped: string[];
}

interface Delivered {
  event: StoredEvent;
  delivery: Delivery;
  batch: Batch;
}

async function applyOrSkip(
  ports: ProjectionPorts,
  name: ProjectionName,
  { event, delivery, batch }: Delivered,
  paused: () => void,
): Promise<void> {
  if (batch.state.pause !== undefined) {
    batch.skipped.push(event.position);
    return;
  }
  const { eventId, eventType } = event;
  try {
    await applyEvent(ports, name, batch.state, event);
    if (delivery.attempt > 1) await ports.failed.settle(name, eventId);
  } catch (error) {
    if (mayPass(error) && !delivery.isLast) throw error;
    const { aggregateId } = event.data;
    if (await handleFailure(ports, name, { eventId, eventType, aggregateId, error })) paused();
    // At last it waits among the failed events, and the queue is done with it.
    if (!delivery.isLast) throw error;
  }
  batch.dealtWith.push(event.position);
}

/** To every generation that is kept, in their order. */
export async function applyEvent(
  ports: ProjectionPorts,
  name: ProjectionName,
  state: ProjectionState,
  event: StoredEvent,
): Promise<void> {
  for (const generation of liveGenerations(state)) await projectorOf(ports, name, generation).apply(event);
}

/** Somebody wants it tried again, so a pause does not hold it up. Where it fails again, it goes on waiting. */
async function retry(
  ports: ProjectionPorts,
  name: ProjectionName,
  { event, delivery }: { event: RetryFailedEvent; delivery: Delivery },
  paused: () => void,
): Promise<void> {
  const { retryOf: eventId, eventType } = event;
  const { aggregateId } = placeOfEvent(eventId);
  try {
    // In this order, as with a batch: what is committed later may come to the rows that are read only after it came to those of a rebuild.
    const { version } = await ports.log.load(aggregateId);
    const { state } = await ports.store.read(name);
    for (const generation of liveGenerations(state))
      await projectorOf(ports, name, generation).catchUp(aggregateId, version);
    await ports.failed.settle(name, eventId);
  } catch (error) {
    if (mayPass(error) && !delivery.isLast) throw error;
    if (await handleFailure(ports, name, { eventId, eventType, aggregateId, error })) paused();
  }
}

async function settle(ports: ProjectionPorts, name: ProjectionName, { dealtWith, skipped }: Batch): Promise<void> {
  const position = dealtWith.sort().at(-1);
  if (position !== undefined) await ports.store.advance(name, { position, updatedAt: ports.now() });
  const [first] = skipped.sort();
  if (first === undefined) return;
  const noted = await changeState(ports.store, name, skip(first));
  if (noted === undefined) throw new Error('The projection was resumed meanwhile; what came before comes again.');
}
