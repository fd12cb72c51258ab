import type { DeadLetter } from '../../contracts/dead-letters.ts';
import { fieldsIn, fieldsOf } from '../../contracts/messages.ts';
import { eventPlace, placeIn } from './event-place.ts';

/** Where a letter stands among those that are sent together. Lanes go side by side; within one, a letter waits for those before it. */
export interface LetterTurn {
  deadLetterId: string;
  lane: string;
  at: number;
  timestamp: string;
}

/** Events of one aggregate share a lane, callbacks about one thing, and steps of one saga. */
export function turnOf({
  deadLetterId,
  message,
  timestamp,
}: Pick<DeadLetter, 'deadLetterId' | 'message' | 'timestamp'>): LetterTurn {
  const fields = fieldsOf(message);
  const alone = { of: typeof fields.sagaId === 'string' ? fields.sagaId : deadLetterId, at: 0 };
  const { of: lane, at } = eventPlace(fields) ?? placeIn(fieldsIn(fields.detail).deliveryId) ?? alone;
  return { deadLetterId, lane, at, timestamp };
}

/** The lanes, that of the oldest letter first; each in the order of what happened. */
export function inLanes(turns: readonly LetterTurn[]): LetterTurn[][] {
  const byAge = turns.toSorted((one, other) => compared(one.timestamp, other.timestamp));
  const lanes = [...Map.groupBy(byAge, ({ lane }) => lane).values()];
  return lanes.map((lane) => lane.toSorted((one, other) => one.at - other.at));
}

function compared(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
