import type { RedriveAnswer } from '../../contracts/api/dead-letter.ts';
import { sideBySide } from '../../shared/platform/side-by-side.ts';
import { inLanes } from '../domain/redrive-turns.ts';
import { letterPlan } from './letter-plan.ts';
import type { RedriveOrder, RedrivePorts } from './redrive-order.ts';
import { sendLetter } from './sent-letter.ts';

/** Of the 28 s of the function: until then letters are begun, and what was begun is waited for a little longer. */
const BEGIN_MS = 20_000;
const WAIT_MS = 25_000;

const LANES_AT_ONCE = 10;

/** As many as an answer tells reasons of. */
const MAX_OUTCOMES = 100;

/**
 * Sends letters again. Each is claimed, sent, and closed with its event in the log, in this order: whatever dies in between, the letter
 * is open or its message is out, and a message that is out while its letter stays open goes out twice at worst.
 *
 * @throws AppError `NOT_FOUND` where an id is unknown; `VALIDATION_ERROR` where the edit leaves nothing that could be sent
 */
export async function redriveLetters(ports: RedrivePorts, order: RedriveOrder): Promise<RedriveAnswer> {
  const { matched, ready, outcomes, more } = await letterPlan(ports, order);
  const counts = { redriven: 0, skipped: 0, failed: 0 };
  for (const { outcome } of outcomes) counts[outcome] += 1;
  let left = 0;
  const redrive = async (deadLetterId: string) => {
    if (ports.clock() - order.begun >= BEGIN_MS) {
      left += 1;
      return;
    }
    const until = order.begun + WAIT_MS;
    const outcome = order.dryRun ? undefined : await sendLetter(ports, { ...order, deadLetterId, until });
    counts[outcome?.outcome ?? 'redriven'] += 1;
    if (outcome !== undefined) outcomes.push(outcome);
  };
  await sideBySide(inLanes(ready), LANES_AT_ONCE, async (lane) => {
    for (const { deadLetterId } of lane) await redrive(deadLetterId);
  });
  return { matched, ...counts, outcomes: outcomes.slice(0, MAX_OUTCOMES), ...((more || left > 0) && { more: true }) };
}
