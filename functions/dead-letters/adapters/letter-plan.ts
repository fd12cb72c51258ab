import type { RedriveOutcome } from '../../contracts/api/dead-letter.ts';
import { sideBySide } from '../../shared/platform/side-by-side.ts';
import { destinationOf } from '../domain/destination.ts';
import { editedMessage } from '../domain/edit.ts';
import type { LetterTurn } from '../domain/redrive-turns.ts';
import { turnOf } from '../domain/redrive-turns.ts';
import { wholeMessage } from './large-messages.ts';
import { unknownLetter } from './letter-deletion.ts';
import { whyNot } from './letter-end.ts';
import type { FoundLetter } from './letter-store.ts';
import type { RedriveOrder, RedrivePorts } from './redrive-order.ts';

/** What a redrive is to do. Messages are left where they are: a thousand of them have no room in the function. */
export interface LetterPlan {
  matched: number;
  ready: LetterTurn[];
  /** Of those that cannot go. */
  outcomes: RedriveOutcome[];
  more: boolean;
}

/** Letters that one call sends at most. */
const MAX_LETTERS = 1000;

/** Half of the time is for looking. */
const LOOK_MS = 10_000;

/** Reads no more at once. */
const PAGE = 100;

export async function letterPlan(ports: RedrivePorts, order: RedriveOrder): Promise<LetterPlan> {
  const { ids, more } = await selected(ports, order);
  const plan: LetterPlan = { matched: ids.length, ready: [], outcomes: [], more: more || ids.length > MAX_LETTERS };
  for (let from = 0; from < Math.min(ids.length, MAX_LETTERS); from += PAGE) {
    if (isLate(ports, order)) return { ...plan, more: true };
    const page = ids.slice(from, Math.min(from + PAGE, MAX_LETTERS));
    const letters = await ports.letters.find(page);
    const unknown = order.deadLetterIds?.find((id) => !letters.has(id));
    if (unknown !== undefined) throw unknownLetter(unknown);
    await sideBySide([...letters.values()], 10, (letter) => judge(ports, order, letter, plan));
  }
  return plan;
}

function isLate({ clock }: RedrivePorts, { begun }: RedriveOrder): boolean {
  return clock() - begun >= LOOK_MS;
}

/** The ids that were named, or those of the open letters of a cause, oldest first. */
async function selected(ports: RedrivePorts, order: RedriveOrder): Promise<{ ids: string[]; more: boolean }> {
  const { deadLetterIds, fingerprint } = order;
  if (fingerprint === undefined) return { ids: deadLetterIds ?? [], more: false };
  const ids: string[] = [];
  for await (const page of ports.letters.walk({ fingerprint }, 'oldest first')) {
    ids.push(...page.filter(({ isOpen }) => isOpen).map(({ deadLetterId }) => deadLetterId));
    if (isLate(ports, order)) return { ids, more: true };
  }
  return { ids, more: false };
}

/** Whether a letter can go, and when it has its turn. */
async function judge(ports: RedrivePorts, order: RedriveOrder, { row, ...letter }: FoundLetter, plan: LetterPlan) {
  const { deadLetterId } = row;
  const refusal = whyNot({ row, ...letter }, new Date(ports.clock()).toISOString());
  if (refusal !== undefined) {
    plan.outcomes.push({ deadLetterId, outcome: 'skipped', ...refusal });
    return;
  }
  const whole = { ...row, message: await wholeMessage(row, ports.messages) };
  const message = order.edit === undefined ? whole.message : editedMessage(whole, order.edit, ports.consumers);
  const to = destinationOf({ ...whole, message }, ports.consumers);
  if ('reason' in to) plan.outcomes.push({ deadLetterId, outcome: 'failed', ...to });
  else plan.ready.push(turnOf({ ...whole, message }));
}
