import { describe, expect, it, vi } from 'vitest';
import type { Publication } from '../../../functions/events/domain/publication.ts';
import type { Commit } from '../../../functions/shared/platform/log/event-log.ts';
import { eventsOf } from '../../../functions/shared/platform/log/stored-event.ts';
import { eventApi, noted } from '../../support/events/event-api.ts';
import { memoryTable } from '../../support/log/memory-table.ts';
import { captureLogLines } from '../../support/log-lines.ts';

memoryTable();
captureLogLines();

const AT = '2026-08-19T10:00:00.000Z';
/** What the publisher says of a commit's events, in their order. */
const outcomes = (commit: Commit, ...all: Pick<Publication, 'status' | 'attempts' | 'error'>[]): Publication[] =>
  eventsOf(commit).map((event, index) => ({ event, attempts: 1, status: 'published', ...all[index] }));

describe('an event', () => {
  it('is pending until it is marked, and then tells when it was published', async () => {
    const { published, get, mark, commits } = eventApi();
    const event = await published();
    const pending = await get(event.eventId);
    expect([pending.status, pending.json.data]).toEqual([
      200,
      { ...event, publication: { status: 'pending', attempts: 0 } },
    ]);
    await mark(commits[0] as Commit, outcomes(commits[0] as Commit, { status: 'published', attempts: 3 }));
    expect((await get(event.eventId)).json.data).toEqual({
      ...event,
      publication: { status: 'published', attempts: 3, publishedAt: expect.any(String) },
    });
  });

  it('that the bus refused is failed, with the reason', async () => {
    const { published, get, mark, commits } = eventApi();
    const event = await published();
    const refused = { status: 'failed', attempts: 2, error: 'MalformedDetail: no' } as const;
    await mark(commits[0] as Commit, outcomes(commits[0] as Commit, refused));
    expect((await get(event.eventId)).json.data).toEqual({
      ...event,
      publication: { status: 'failed', attempts: 2, error: 'MalformedDetail: no' },
    });
  });

  it('of a commit whose other event failed is published', async () => {
    const { append, get, mark } = eventApi();
    const commit = await append('task_1', noted('a', 'b', 'c'), AT);
    const published = { status: 'published', attempts: 1 } as const;
    await mark(commit, outcomes(commit, published, { status: 'failed', attempts: 4 }, published));
    const said = await Promise.all(['task_1-1', 'task_1-2', 'task_1-3'].map(get));
    expect(said.map(({ json }) => (json.data as { publication: object }).publication)).toEqual([
      { status: 'published', attempts: 4 },
      { status: 'failed', attempts: 4, error: 'unknown' },
      { status: 'published', attempts: 4 },
    ]);
  });

  it('of ours is read by its id too, wherever it stands in its commit', async () => {
    const { append, get } = eventApi();
    await append('task_1', noted('a'), AT);
    const commit = await append('task_1', noted('b', 'c'), AT);
    await append('task_1', noted('d'), AT);
    const { json } = await get('task_1-3');
    expect(json.data).toEqual({ ...eventsOf(commit)[1], publication: { status: 'pending', attempts: 0 } });
    expect(json.data).toMatchObject({ eventType: 'domain.Noted', source: 'domain', data: { version: 3 } });
  });
});

describe('an id that leads to no event', () => {
  it.each(['evt_1-1', 'task_1-4', 'task_1-0', 'task_1-01', 'task_1', 'task_1-', '1', '-1', '-', 'task_1-1x', 'ä-1'])(
    '%s is not found',
    async (eventId) => {
      const { append, call } = eventApi();
      await append('task_1', noted('a', 'b', 'c'), AT);
      const { status, json } = await call('GET', `/${encodeURIComponent(eventId)}`);
      expect([status, json.error.message]).toEqual([404, `There is no event ${eventId}.`]);
    },
  );

  it('is not looked for where it can be none', async () => {
    const { log, get } = eventApi();
    const load = vi.spyOn(log, 'load');
    await get('nonsense');
    expect(load).not.toHaveBeenCalled();
  });

  it('is refused where it is longer than any', async () => {
    const { status, json } = await eventApi().get('x'.repeat(513));
    expect([status, json.error.details]).toMatchObject([400, [{ path: 'eventId' }]]);
  });

  it('needs the scope all the same', async () => {
    expect((await eventApi().call('GET', '/evt_1-1', { scopes: 'write,admin' })).status).toBe(403);
  });
});
