import type { RedriveOutcome } from '../../contracts/api/dead-letter.ts';
import { AppError, isAppError, messageOf } from '../../shared/kernel/errors.ts';
import { newLogger } from '../../shared/platform/logger.ts';
import { destinationOf } from '../domain/destination.ts';
import { editedMessage } from '../domain/edit.ts';
import { wholeMessage } from './large-messages.ts';
import { letterEnd, whyNot } from './letter-end.ts';
import type { FoundLetter } from './letter-store.ts';
import type { RedriveOrder, RedrivePorts } from './redrive-order.ts';

const logger = newLogger();

interface LetterOrder extends Pick<RedriveOrder, 'edit' | 'by'> {
  deadLetterId: string;
  /** In ms since 1970: what was begun is waited for until then. */
  until: number;
}

/** Sends one letter again: claims it, sends it, notes that. `undefined` where all of it is done. */
export async function sendLetter(ports: RedrivePorts, order: LetterOrder): Promise<RedriveOutcome | undefined> {
  try {
    return await attempt(ports, order);
  } catch (error) {
    return failed(order, error);
  }
}

async function attempt(ports: RedrivePorts, order: LetterOrder): Promise<RedriveOutcome | undefined> {
  const { deadLetterId, by } = order;
  const claim = { deadLetterId, holder: by.requestId };
  const letter = await ports.letters.claim(claim, isoOf(ports));
  if (letter === undefined) return skipped(ports, deadLetterId);
  try {
    await send(ports, letter, order);
  } catch (error) {
    const outcome = failed(order, error);
    // Of what ran out of time nobody knows how far it comes, so its claim runs out by itself. So does one that cannot be given back.
    if (outcome.code !== 'TIMEOUT') await ports.letters.release(claim).catch(() => undefined);
    return outcome;
  }
  return noted(ports, letter, order);
}

const isoOf = ({ clock }: RedrivePorts): string => new Date(clock()).toISOString();

async function skipped({ letters, ...ports }: RedrivePorts, deadLetterId: string): Promise<RedriveOutcome> {
  const letter = (await letters.find([deadLetterId])).get(deadLetterId);
  const refusal = letter && whyNot(letter, isoOf({ letters, ...ports }));
  const meanwhile = { code: 'CONFLICT', reason: 'Somebody else has dealt with the letter.' };
  return { deadLetterId, outcome: 'skipped', ...(refusal ?? meanwhile) };
}

async function send(ports: RedrivePorts, { row }: FoundLetter, { deadLetterId, edit, until }: LetterOrder) {
  const letter = { ...row, message: await wholeMessage(row, ports.messages) };
  const message = edit === undefined ? letter.message : editedMessage(letter, edit, ports.consumers);
  const to = destinationOf({ ...letter, message }, ports.consumers);
  if ('reason' in to) throw new AppError(to.code, to.reason);
  await ports.send(to, { deadLetterId, until });
}

/** Notes that it was sent. Where somebody has closed it since, that stands. */
async function noted(
  ports: RedrivePorts,
  letter: FoundLetter,
  order: LetterOrder,
): Promise<RedriveOutcome | undefined> {
  const { deadLetterId, edit, by } = order;
  const data = { deadLetterId, queue: letter.row.queue, edited: edit !== undefined };
  try {
    const end = letterEnd(letter, { type: 'DeadLetterRedriven', data }, by, isoOf(ports));
    if (await ports.letters.close(end)) return undefined;
    const now = (await ports.letters.find([deadLetterId])).get(deadLetterId);
    if (now?.row.status === 'redriven') return undefined;
    return failed(order, new AppError('CONFLICT', 'It was sent, and deleted by somebody else meanwhile.'));
  } catch (error) {
    const outcome = failed(order, error);
    return { ...outcome, reason: 'It was sent, but that could not be noted: in a minute it can be sent again.' };
  }
}

function failed({ deadLetterId, by }: LetterOrder, error: unknown): RedriveOutcome {
  if (isAppError(error)) return { deadLetterId, outcome: 'failed', code: error.code, reason: error.message };
  const { correlationId } = by;
  logger.error('Dead letter not redriven', { deadLetterId, correlationId, cause: messageOf(error) });
  const reason = 'Something went wrong on our side. The letter stays open.';
  return { deadLetterId, outcome: 'failed', code: 'INTERNAL_ERROR', reason };
}
