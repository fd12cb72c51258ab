import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DeskWorld } from '../../support/dead-letters/desk-world.ts';
import { deskWorld, LETTERS } from '../../support/dead-letters/desk-world.ts';
import { letterRow } from '../../support/dead-letters/letter-samples.ts';
import { letterTables } from '../../support/dead-letters/letter-table.ts';
import { captureLogLines } from '../../support/log-lines.ts';

captureLogLines();
const tables = letterTables();
let desk: DeskWorld;
beforeEach(() => {
  desk = deskWorld(tables);
});
afterEach(() => {
  vi.useRealTimers();
});

const UNKNOWN = letterRow().deadLetterId;
const time = (seconds: number) => `2026-08-19T10:00:${String(seconds).padStart(2, '0')}.000Z`;

/** A letter as the list and its own row show it. */
function shown({ pile: _pile, ...letter }: ReturnType<typeof letterRow>) {
  return letter;
}

interface List {
  items: { deadLetterId: string; message: string }[];
  nextCursor: string | null;
}
const listed = async (query: Record<string, string> = {}) => (await desk.call({ query })).json.data as List;
const idsIn = ({ items }: List) => items.map(({ deadLetterId }) => deadLetterId);

describe('every row', () => {
  it.each([
    ['GET', ''],
    ['GET', `/${UNKNOWN}`],
    ['GET', '/groups'],
    ['POST', '/redrive'],
    ['DELETE', `/${UNKNOWN}`],
  ])('is for admins: %s %s', async (method, path) => {
    const scopes = 'read,write,agent';
    const body = method === 'POST' ? { fingerprint: '0123456789abcdef' } : undefined;
    const { status, json } = await desk.call({ method, path: `${LETTERS}${path}`, scopes, body });
    expect([status, json.error.code]).toEqual([403, 'FORBIDDEN']);
  });
});

describe('the list', () => {
  it('shows whole letters, newest first, page by page', async () => {
    const letters = [];
    for (let index = 0; index < 5; index += 1) letters.push(await desk.recorded({ timestamp: time(index) }));
    const first = await listed({ limit: '3' });
    expect(first.items).toEqual(letters.slice(2).toReversed().map(shown));
    const second = await listed({ limit: '3', cursor: first.nextCursor ?? '' });
    expect(second).toEqual({ items: letters.slice(0, 2).toReversed().map(shown), nextCursor: null });
  });

  it('is of a queue, of a cause, of a status, and of all of them together', async () => {
    const [a, b] = ['aaaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbbb'];
    const made = [
      await desk.recorded({ queue: 'webhooks', fingerprint: a, timestamp: time(1) }),
      await desk.recorded({ queue: 'webhooks', fingerprint: b, timestamp: time(2) }),
      await desk.recorded({ queue: 'webhooks', fingerprint: a, timestamp: time(3), status: 'deleted' }),
      await desk.recorded({ queue: 'publisher', fingerprint: a, timestamp: time(4) }),
    ].map(({ deadLetterId }) => deadLetterId);
    const of = async (query: Record<string, string>) => idsIn(await listed(query)).map((id) => made.indexOf(id));
    expect(await of({ queue: 'webhooks' })).toEqual([2, 1, 0]);
    expect(await of({ fingerprint: a })).toEqual([3, 2, 0]);
    expect(await of({ status: 'open' })).toEqual([3, 1, 0]);
    expect(await of({ queue: 'webhooks', status: 'open' })).toEqual([1, 0]);
    expect(await of({ queue: 'webhooks', status: 'open', fingerprint: a })).toEqual([0]);
    expect(await of({ fingerprint: b, status: 'redriven' })).toEqual([]);
    expect(await of({ queue: 'nobody' })).toEqual([]);
  });

  it('shows the beginning of a message that has no room in its row, and says so', async () => {
    const large = { message: 'the beginning', messageKey: 'dead-letters/x', messageBytes: 400_000 };
    const { messageKey: _, ...letter } = shown(await desk.recorded(large));
    expect((await listed()).items).toEqual([{ ...letter, truncated: true }]);
  });

  it('ends a page of large letters before it outgrows an answer', async () => {
    for (let index = 0; index < 30; index += 1) await desk.recorded({ message: '"'.repeat(140_000) });
    const first = await listed({ limit: '100' });
    expect(first.items.length).toBeLessThan(30);
    const seen = new Set(idsIn(first));
    for (let { nextCursor } = first; nextCursor !== null; ) {
      const page = await listed({ limit: '100', cursor: nextCursor });
      for (const id of idsIn(page)) seen.add(id);
      nextCursor = page.nextCursor;
    }
    expect(seen.size).toBe(30);
  });

  it.each([
    [{ status: 'lost' }, 'status'],
    [{ fingerprint: 'x' }, 'fingerprint'],
    [{ queue: '' }, 'queue'],
    [{ limit: '0' }, 'limit'],
    [{ cursor: 'x' }, 'cursor'],
    [{ eventType: 'x' }, 'eventType'],
  ])('is refused with %j', async (query, path) => {
    const { status, json } = await desk.call({ query: query as Record<string, string> });
    expect([status, json.error.details?.map((fault) => fault.path)]).toEqual([400, [path]]);
  });
});

describe('a letter', () => {
  const read = (id: string) => desk.call({ path: `${LETTERS}/${id}` });

  it('is shown whole, with the letter that led to it', async () => {
    const letter = await desk.recorded({ redriveOf: UNKNOWN });
    const { status, json } = await read(letter.deadLetterId);
    expect([status, json.data]).toEqual([200, shown(letter)]);
  });

  it('is shown with its message from the bucket, however that is written', async () => {
    // The most that SQS takes, and each character four in an answer.
    const message = '"'.repeat(1024 * 1024);
    desk.objects.set('dead-letters/x', message);
    const large = await desk.recorded({ message: 'the beginning', messageKey: 'dead-letters/x', messageBytes: 1 });
    const { messageKey: _key, messageBytes: _bytes, ...letter } = shown(large);
    const { status, json } = await read(large.deadLetterId);
    expect([status, json.data]).toEqual([200, { ...letter, message }]);
  });

  it('that there is not is 404, and what is no id of one 400', async () => {
    expect((await read(UNKNOWN)).json.error).toMatchObject({
      code: 'NOT_FOUND',
      message: `There is no dead letter ${UNKNOWN}.`,
    });
    expect((await read('task_1')).json.error.details).toEqual([
      { path: 'deadLetterId', message: 'must be the id of a dead letter' },
    ]);
  });
});

describe('the groups', () => {
  const groups = async () => (await desk.call({ path: `${LETTERS}/groups` })).json.data;

  it('count what is open, exactly', async () => {
    expect(await groups()).toEqual({ items: [], complete: true });
    for (let index = 0; index < 130; index += 1)
      await desk.recorded({ fingerprint: 'aaaaaaaaaaaaaaaa', timestamp: time(index % 60) });
    await desk.recorded({ fingerprint: 'aaaaaaaaaaaaaaaa', timestamp: time(0), status: 'redriven' });
    await desk.recorded({ fingerprint: 'bbbbbbbbbbbbbbbb', queue: 'webhooks', timestamp: time(30) });
    expect(await groups()).toEqual({
      items: [
        {
          ...{ fingerprint: 'aaaaaaaaaaaaaaaa', queue: 'task-follower', count: 130 },
          ...{ firstSeen: time(0), lastSeen: time(59) },
        },
        {
          ...{ fingerprint: 'bbbbbbbbbbbbbbbb', queue: 'webhooks', count: 1 },
          ...{ firstSeen: time(30), lastSeen: time(30) },
        },
      ],
      complete: true,
    });
  });

  it('count 20,000 letters, the newest ones, and say where there are more', async () => {
    const state = { queue: 'webhooks', fingerprint: 'aaaaaaaaaaaaaaaa', timestamp: time(1), isOpen: true };
    let pages = 0;
    const of = (total: number) =>
      async function* () {
        for (let left = total; left > 0; left -= 1000) {
          pages += 1;
          yield Array.from({ length: Math.min(left, 1000) }, () => ({ ...state, deadLetterId: UNKNOWN }));
        }
      };
    desk.ports.letters.walk = of(20_000);
    expect(await groups()).toMatchObject({ items: [{ count: 20_000 }], complete: true });
    desk.ports.letters.walk = of(20_001);
    expect(await groups()).toMatchObject({ items: [{ count: 20_000 }], complete: false });
    pages = 0;
    desk.ports.letters.walk = of(100_000);
    expect(await groups()).toMatchObject({ items: [{ count: 20_000 }], complete: false });
    expect(pages).toBe(21);
  });
});

describe('a deletion', () => {
  it('closes the letter, twice as well as once, and the log says who did it', async () => {
    const letter = await desk.recorded();
    const { deadLetterId, queue } = letter;
    for (let times = 0; times < 2; times += 1) {
      const { status, bytes } = await desk.remove(deadLetterId, { headers: { 'x-correlation-id': 'corr_7' } });
      expect([status, bytes.toString()]).toEqual([204, '']);
    }
    const now = desk.now();
    const { json } = await desk.call({ path: `${LETTERS}/${deadLetterId}` });
    expect(json.data).toEqual({ ...shown(letter), status: 'deleted', closedAt: now, closedBy: 'key_1' });
    expect(desk.commits()).toMatchObject([
      {
        ...{ aggregateId: deadLetterId, version: 1 },
        events: [{ type: 'DeadLetterDeleted', data: { deadLetterId, queue } }],
        metadata: { userId: 'key_1', correlationId: 'corr_7' },
      },
    ]);
    expect(idsIn(await listed({ status: 'open' }))).toEqual([]);
  });

  it('of an unknown letter is 404', async () => {
    expect((await desk.remove(UNKNOWN)).json.error.code).toBe('NOT_FOUND');
  });

  it('of a letter that was sent again is refused, and says when that was', async () => {
    const { deadLetterId } = await desk.recorded();
    await desk.redrive({ deadLetterIds: [deadLetterId] });
    const { status, json } = await desk.remove(deadLetterId);
    const message = `The letter was redriven at ${desk.now()}.`;
    expect([status, json.error]).toEqual([409, expect.objectContaining({ code: 'CONFLICT', message })]);
    expect(desk.commits()).toHaveLength(1);
  });

  it('of a letter that is being sent is refused', async () => {
    const { deadLetterId } = await desk.recorded();
    const replies: Awaited<ReturnType<typeof desk.remove>>[] = [];
    desk.sending = async () => void replies.push(await desk.remove(deadLetterId));
    await desk.redrive({ deadLetterIds: [deadLetterId] });
    expect(replies.map(({ status, json }) => [status, json.error.message])).toEqual([
      [409, 'The letter is being sent.'],
    ]);
    expect(await desk.statusOf({ deadLetterId })).toBe('redriven');
  });
});
