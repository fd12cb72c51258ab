import { AppError } from '../../shared/kernel/errors.ts';
import type { Operator } from './letter-end.ts';
import { letterEnd, whyNot } from './letter-end.ts';
import type { LetterStore } from './letter-store.ts';

/** Somebody else may deal with the letter meanwhile; then it is looked at again. */
const MAX_RACES = 5;

/**
 * Closes a letter without sending it. Twice is as good as once.
 *
 * @throws AppError `NOT_FOUND`; `CONFLICT` where it was sent again, or is being sent
 */
export async function deleteLetter(
  { letters, clock }: { letters: Pick<LetterStore, 'find' | 'close'>; clock(): number },
  deadLetterId: string,
  by: Operator,
): Promise<void> {
  for (let race = 0; race < MAX_RACES; race += 1) {
    const letter = (await letters.find([deadLetterId])).get(deadLetterId);
    if (letter === undefined) throw unknownLetter(deadLetterId);
    if (letter.row.status === 'deleted') return;
    const now = new Date(clock()).toISOString();
    const refusal = whyNot(letter, now);
    if (refusal !== undefined) throw new AppError('CONFLICT', refusal.reason);
    const { queue } = letter.row;
    const end = letterEnd(letter, { type: 'DeadLetterDeleted', data: { deadLetterId, queue } }, by, now);
    if (await letters.close({ ...end, unclaimedAt: now })) return;
  }
  throw new AppError('CONFLICT', 'Others deal with the letter at this very moment.', { retryable: true });
}

export function unknownLetter(deadLetterId: string): AppError {
  return new AppError('NOT_FOUND', `There is no dead letter ${deadLetterId}.`);
}
