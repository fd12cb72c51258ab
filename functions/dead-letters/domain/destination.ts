import type { DeadLetter } from '../../contracts/dead-letters.ts';
import { fieldsOf } from '../../contracts/messages.ts';
import type { PublishAgain } from '../../contracts/publish-again.ts';
import { PUBLISH_AGAIN, PUBLISHER, SWEEP_DUE, SWEEP_EVENTS } from '../../contracts/publish-again.ts';
import type { UndoAgain } from '../../contracts/sagas/saga-calls.ts';
import { eventPlace } from './event-place.ts';

/** Who takes messages, by the names that letters' queues have. */
export interface Consumers {
  /** Those with an inbox. */
  inboxes: readonly string[];
  /** Those that are called. */
  services: readonly string[];
}

export type Destination =
  | { to: 'inbox'; of: string; message: string }
  | { to: 'service'; service: string; call: UndoAgain };

/** Why a letter cannot be sent. */
export interface Unsendable {
  code: 'CONFLICT' | 'NOT_FOUND';
  reason: string;
}

type Letter = Pick<DeadLetter, 'queue' | 'message'>;

/** Where a letter goes, and as what: mostly to the inbox that its message came by, as it is. */
export function destinationOf({ queue, message }: Letter, consumers: Consumers): Destination | Unsendable {
  if (consumers.services.includes(queue)) return callOf(queue, message);
  const { of, ...rest } = inboxMessage({ queue, message });
  if (consumers.inboxes.includes(of)) return { to: 'inbox', of, message: rest.message };
  return { code: 'NOT_FOUND', reason: `Nobody takes messages to ${of} any more.` };
}

/** The log does not change, so what it says is published as it stands there. */
export function isOfLog({ queue, message }: Letter): boolean {
  return queue === PUBLISHER || (queue === SWEEP_EVENTS && loneEvent(message) !== undefined);
}

/** An event that the bus refused is asked for by its place; what the stream lost or could not read, the sweep finds by itself. */
function inboxMessage({ queue, message }: Letter): { of: string; message: string } {
  if (!isOfLog({ queue, message })) return { of: queue, message };
  const place = loneEvent(message);
  const again = place && ({ aggregateId: place.of, version: place.at } satisfies PublishAgain);
  const call = { 'detail-type': again ? PUBLISH_AGAIN : SWEEP_DUE, detail: again ?? {} };
  return { of: SWEEP_EVENTS, message: JSON.stringify(call) };
}

/** An event without an envelope: its publisher could not send it. */
function loneEvent(message: string) {
  const fields = fieldsOf(message);
  return 'detail' in fields ? undefined : eventPlace(fields);
}

function callOf(service: string, message: string): Destination | Unsendable {
  const { do: what, sagaId, stepId, run, result } = fieldsOf(message);
  const isCall = typeof sagaId === 'string' && typeof stepId === 'string' && typeof run === 'number';
  if (what !== 'undo-again' || !isCall) return { code: 'CONFLICT', reason: `This is no call that ${service} takes.` };
  if (result !== undefined) return { code: 'CONFLICT', reason: LATE };
  return { to: 'service', service, call: { do: what, sagaId, stepId, run } };
}

const LATE =
  'LATE_RESULT: the step was done after its saga had turned back, and no call undoes it. Have it undone at the service, then delete the letter.';
