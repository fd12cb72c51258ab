import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cursorTo } from '../../../functions/shared/platform/cursor.ts';
import { eventApi, noted } from '../../support/events/event-api.ts';
import { memoryTable } from '../../support/log/memory-table.ts';
import { captureLogLines } from '../../support/log-lines.ts';

memoryTable();
captureLogLines();

const NOW = Date.parse('2026-08-19T10:01:00.000Z');
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

const ago = (ms: number) => new Date(NOW - ms).toISOString();
const idsOf = ({ items }: { items: { eventId: string }[] }) => items.map(({ eventId }) => eventId);

describe('the events of an aggregate', () => {
  it('are all of them, the oldest first, at once, page by page, also in the middle of a commit', async () => {
    const { append, page } = eventApi();
    await append('task_1', noted('a', 'b', 'c'), ago(3000));
    await append('task_2', noted('x'), ago(2000));
    await append('task_1', noted('d', 'e'), ago(0));
    const all = ['task_1-1', 'task_1-2', 'task_1-3', 'task_1-4', 'task_1-5'];
    expect(await page({ aggregateId: 'task_1' })).toMatchObject({ nextCursor: null });
    expect(idsOf(await page({ aggregateId: 'task_1' }))).toEqual(all);
    for (const limit of ['1', '2', '4']) {
      const seen: string[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const next = await page({ aggregateId: 'task_1', limit, ...(cursor !== '' && { cursor }) });
        seen.push(...idsOf(next));
        cursor = next.nextCursor;
      }
      expect([limit, seen]).toEqual([limit, all]);
    }
    expect(await page({ aggregateId: 'task_1', limit: '5' })).toMatchObject({ nextCursor: null });
  });

  it('are none of one that nobody knows, and those of a user’s event are that one', async () => {
    const { page, published } = eventApi();
    expect(await page({ aggregateId: 'task_9' })).toEqual({ items: [], nextCursor: null });
    const event = await published();
    expect((await page({ aggregateId: event.eventId.slice(0, -2) })).items).toEqual([event]);
  });
});

describe('the events since a position', () => {
  it('are those older than five seconds, in the order of their positions', async () => {
    const { append, page } = eventApi();
    await append('b', noted('1'), ago(5001));
    await append('a', noted('1', '2'), ago(60_000));
    await append('c', noted('1'), ago(5000));
    await append('d', noted('1'), ago(1));
    const first = await page();
    expect([idsOf(first), first.nextCursor]).toEqual([['a-1', 'a-2', 'b-1'], null]);
    expect(idsOf(await page({ since: first.items[0]?.position ?? '' }))).toEqual(['a-2', 'b-1']);
    expect(idsOf(await page({ since: first.items[2]?.position ?? '' }))).toEqual([]);
    vi.setSystemTime(NOW + 10_000);
    expect(idsOf(await page({ since: first.items[2]?.position ?? '' }))).toEqual(['c-1', 'd-1']);
  });

  it('go on where the page before ended, by its cursor', async () => {
    const { append, page } = eventApi();
    for (let count = 0; count < 120; count += 1)
      await append(`agg_${String(count).padStart(3, '0')}`, noted('x'), ago(10_000 - count));
    const first = await page({ limit: '100' });
    const second = await page({ limit: '100', cursor: first.nextCursor ?? '' });
    expect([idsOf(first).length, idsOf(second).at(-1), second.nextCursor]).toEqual([100, 'agg_119-1', null]);
    expect(new Set([...idsOf(first), ...idsOf(second)]).size).toBe(120);
  });

  it('go on by the cursor, whatever position is given beside it', async () => {
    const { append, page } = eventApi();
    const { position } = await append('a', noted('1', '2', '3'), ago(9000));
    const { nextCursor } = await page({ limit: '2' });
    expect(idsOf(await page({ since: `${position}_000`, cursor: nextCursor ?? '' }))).toEqual(['a-3']);
  });
});

describe('a page', () => {
  const LARGE = { text: '"'.repeat(110_000) };

  it.each([{}, { aggregateId: 'large' }])('is never larger than a Lambda may answer: %j', async (query) => {
    const { append, page } = eventApi();
    const events = Array.from({ length: 30 }, () => ({ type: 'Noted', data: LARGE }));
    for (const event of events) await append('large', [event], ago(9000));
    const seen: string[] = [];
    let pages = 0;
    for (let cursor: string | null = ''; cursor !== null; pages += 1) {
      const next = await page({ ...query, limit: '100', ...(cursor !== '' && { cursor }) });
      seen.push(...idsOf(next));
      cursor = next.nextCursor;
    }
    expect(seen).toEqual(events.map((_, index) => `large-${index + 1}`));
    expect(pages).toBeGreaterThan(1);
  });
});

describe('a list of events refuses', () => {
  const POSITION = '2026-08-19T10:00:00.000Z_task_1_000000001_000';
  const of = (list: string, place: object) => cursorTo(list, place as Record<string, string>);

  it.each([
    '',
    'x',
    '0',
    '2026-08-19T10:00:00.000Z',
    '2026-08-19T10:00:00.000Z_task_1_000000001',
    '2026-08-19T10:00:00.000Z_task_1_1_000',
    `${POSITION}_`,
    ` ${POSITION}`,
    `${POSITION}\n`,
    '2026-08-19T10:00:00.000Z__000000001_000',
    `2026-08-19T10:00:00.000Z_${'x'.repeat(512)}_000000001_000`,
  ])('%j for a position', async (since) => {
    const { status, json } = await eventApi().list({ since });
    expect([status, json.error.details]).toMatchObject([400, [{ path: 'since' }]]);
  });

  it.each([
    ['nonsense', 'nonsense'],
    ['of another list', of('tasks', { position: POSITION })],
    ['of an aggregate', of('events/task_1', { position: POSITION })],
    ['without a place', of('events', {})],
    ['with another place', of('events', { at: POSITION })],
    ['with an empty place', of('events', { position: '' })],
    ['with a place that is no text', of('events', { position: 5 })],
    ['with more than a place', of('events', { position: POSITION, more: 'x' })],
  ])('a cursor that it has not given: %s', async (_what, cursor) => {
    const { status, json } = await eventApi().list({ cursor });
    expect([status, json.error.details]).toMatchObject([400, [{ path: 'cursor' }]]);
  });

  it('a cursor of the whole log, or of another aggregate, for one aggregate', async () => {
    for (const list of ['events', 'events/task_2']) {
      const { status, json } = await eventApi().list({
        aggregateId: 'task_1',
        cursor: of(list, { position: POSITION }),
      });
      expect([status, json.error.details]).toMatchObject([400, [{ path: 'cursor' }]]);
    }
  });

  it.each([
    [{ aggregateId: 'a', since: POSITION }, 'since'],
    [{ aggregateId: '' }, 'aggregateId'],
    [{ aggregateId: 'a'.repeat(257) }, 'aggregateId'],
    [{ limit: '0' }, 'limit'],
    [{ limit: '101' }, 'limit'],
    [{ eventType: 'order.placed' }, 'eventType'],
  ])('%j', async (query, path) => {
    const { status, json } = await eventApi().list(query as Record<string, string>);
    expect([status, json.error.details]).toMatchObject([400, [{ path }]]);
  });
});
