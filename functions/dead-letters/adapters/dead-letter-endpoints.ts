import type { DeadLetter, ListedDeadLetter } from '../../contracts/api/dead-letter.ts';
import { deadLetterRoutes } from '../../contracts/api/dead-letter.ts';
import type { Page } from '../../contracts/api/list.ts';
import type { DeadLetterRow } from '../../contracts/dead-letters.ts';
import { pileOf } from '../../contracts/dead-letters.ts';
import { NO_CONTENT } from '../../shared/platform/http/answer.ts';
import { endpoint } from '../../shared/platform/http/http-pipeline.ts';
import type { HttpRequest } from '../../shared/platform/http/http-request.ts';
import { letterGroups } from '../domain/letter-groups.ts';
import { wholeMessage } from './large-messages.ts';
import { deleteLetter, unknownLetter } from './letter-deletion.ts';
import type { Operator } from './letter-end.ts';
import { redriveLetters } from './letter-redrive.ts';
import type { LetterStore } from './letter-store.ts';
import type { RedrivePorts } from './redrive-order.ts';

/** The desk at which dead letters are read, sent again and closed. */
export function deadLetterEndpoints(ports: RedrivePorts) {
  return [
    endpoint(deadLetterRoutes.listDeadLetters, async ({ query }) => ({
      kind: 'data',
      data: await list(ports.letters, query),
    })),
    endpoint(deadLetterRoutes.groupDeadLetters, async () => ({ kind: 'data', data: await groups(ports.letters) })),
    endpoint(deadLetterRoutes.redriveDeadLetters, async ({ body, now, ...call }) => ({
      kind: 'data',
      data: await redriveLetters(ports, { ...body, by: operatorOf(call), begun: Date.parse(now) }),
    })),
    endpoint(deadLetterRoutes.getDeadLetter, async ({ params: { deadLetterId } }) => ({
      kind: 'data',
      data: await read(ports, deadLetterId),
    })),
    endpoint(deadLetterRoutes.deleteDeadLetter, async ({ params: { deadLetterId }, ...call }) => {
      await deleteLetter(ports, deadLetterId, operatorOf(call));
      return NO_CONTENT;
    }),
  ];
}

type Call = Pick<HttpRequest<typeof deadLetterRoutes.deleteDeadLetter>, 'caller' | 'requestId' | 'correlationId'>;

function operatorOf({ caller, requestId, correlationId }: Call): Operator {
  return { keyId: caller.keyId, requestId, correlationId };
}

type ListQuery = HttpRequest<typeof deadLetterRoutes.listDeadLetters>['query'];

async function list(letters: LetterStore, { limit, cursor, ...filters }: ListQuery): Promise<Page<ListedDeadLetter>> {
  const page = { where: whereOf(filters), limit, ...(cursor !== undefined && { cursor }) };
  const { items, nextCursor } = await letters.list(page);
  return { items: items.map(listed), nextCursor };
}

/** A queue's letters of one status lie on a pile, which is an index of its own. */
function whereOf({ queue, fingerprint, status }: Omit<ListQuery, 'limit' | 'cursor'>): Partial<DeadLetterRow> {
  const pile = queue !== undefined && status !== undefined ? { pile: pileOf({ queue, status }) } : undefined;
  return {
    ...(fingerprint !== undefined && { fingerprint }),
    ...(pile ?? { ...(queue !== undefined && { queue }), ...(status !== undefined && { status }) }),
  };
}

function listed(row: DeadLetterRow): ListedDeadLetter {
  const { messageKey, messageBytes } = row;
  if (messageKey === undefined) return viewOf(row);
  return { ...viewOf(row), truncated: true, ...(messageBytes !== undefined && { messageBytes }) };
}

function viewOf({ pile: _pile, messageKey: _key, messageBytes: _bytes, ...letter }: DeadLetterRow): DeadLetter {
  return letter;
}

async function read({ letters, messages }: RedrivePorts, deadLetterId: string): Promise<DeadLetter> {
  const letter = (await letters.find([deadLetterId])).get(deadLetterId);
  if (letter === undefined) throw unknownLetter(deadLetterId);
  return { ...viewOf(letter.row), message: await wholeMessage(letter.row, messages) };
}

/** Each of them is read for it. */
const MAX_GROUPED = 20_000;

async function groups(letters: LetterStore) {
  const open = [];
  for await (const page of letters.walk({ status: 'open' }, 'newest first')) {
    open.push(...page.filter(({ isOpen }) => isOpen));
    if (open.length > MAX_GROUPED) break;
  }
  return { items: letterGroups(open.slice(0, MAX_GROUPED)), complete: open.length <= MAX_GROUPED };
}
