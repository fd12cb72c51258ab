import { beforeEach, describe, expect, it } from 'vitest';
import { PROJECTION_NAMES, REBUILD_SEGMENTS } from '../../../functions/contracts/projections.ts';
import { beginRebuild, giveUp, pause } from '../../../functions/projections/domain/projection-changes.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import { projectionApi } from '../../support/projections/projection-api.ts';

captureLogLines();
let desk: ReturnType<typeof projectionApi>;
beforeEach(() => {
  desk = projectionApi();
});

const NO_ROWS = { written: 0, changed: 0, added: 0, older: 0 };
const FRESH = {
  status: 'running',
  checkpoint: { position: null, updatedAt: null },
  lag: 0,
  failedEvents: 0,
  recentErrors: 0,
};

describe('the rows', () => {
  it.each([
    ['GET', '', 'read'],
    ['POST', '/tasks/rebuild', 'admin'],
    ['POST', '/tasks/pause', 'admin'],
    ['POST', '/tasks/resume', 'admin'],
    ['GET', '/tasks/failed-events', 'read'],
    ['POST', '/tasks/failed-events/retry', 'admin'],
  ])('%s %s needs the scope %s, and no other will do', async (method, path, scope) => {
    const others = ['read', 'write', 'admin', 'agent'].filter((one) => one !== scope).join(',');
    const refused = await desk.call(method, path, { scopes: others });
    expect([refused.status, refused.json.error.code]).toEqual([403, 'FORBIDDEN']);
    expect((await desk.call(method, path, { scopes: scope })).status).toBe(method === 'GET' ? 200 : 202);
  });

  it.each([
    ['POST', 'rebuild'],
    ['POST', 'pause'],
    ['POST', 'resume'],
    ['GET', 'failed-events'],
    ['POST', 'failed-events/retry'],
  ])('%s …/%s knows no projection of another name', async (method, path) => {
    for (const name of ['nobody', 'toString', '__proto__', 'constructor', 'Tasks']) {
      const { status, json } = await desk.call(method, `/${name}/${path}`);
      expect([status, json.error.code]).toEqual([404, 'NOT_FOUND']);
      expect(json.error.message).toContain(`"${name}"`);
      expect(json.error.message).toContain('tasks, task-counts, agents, sagas');
    }
    expect([desk.kept, desk.retries]).toEqual([0, []]);
  });
});

describe('the list', () => {
  it('shows every projection, of which nothing is known yet', async () => {
    const { status, json } = await desk.call('GET');
    expect([status, json.data]).toEqual([200, { items: PROJECTION_NAMES.map((name) => ({ name, ...FRESH })) }]);
  });

  it('shows how far each is, how far behind, and what failed', async () => {
    const { world } = desk;
    const events = await world.tasks(3);
    world.unknown.add('task_001');
    await world.deliver(events.slice(0, 2));
    world.pass(60_000);
    const position = events[0]?.position;
    expect(await desk.view()).toEqual({
      ...{ name: 'tasks', status: 'running', failedEvents: 1, recentErrors: 1, lag: 60_001 },
      checkpoint: { position, updatedAt: expect.stringMatching(/^2026-08-19T12:00:00/) },
    });
    world.pass(300_000);
    expect(await desk.view()).toMatchObject({ failedEvents: 1, recentErrors: 0 });
    expect(await desk.view('agents')).toEqual({ name: 'agents', ...FRESH });
  });

  it.each(['operator', 'errors'] as const)('says that a projection was paused by %s', async (because) => {
    await desk.world.change(pause(desk.world.now(), because));
    expect(await desk.view()).toMatchObject({ status: 'paused', pausedBecause: because });
  });

  it('shows how far a rebuild is', async () => {
    const { world, segments } = desk;
    const startedAt = world.now();
    await world.change(beginRebuild(startedAt));
    expect(await desk.view()).toMatchObject({
      status: 'rebuilding',
      rebuild: { progress: 0, startedAt, generation: 2, rows: NO_ROWS },
    });
    const rows = { written: 5, changed: 1, added: 2, older: 0 };
    for (let segment = 0; segment < 6; segment += 1)
      await segments.save('tasks', 2, { segment, saves: 1, isDone: segment > 0, rows });
    await segments.save('tasks', 1, { segment: 6, saves: 1, isDone: true, rows });
    const sums = { written: 30, changed: 6, added: 12, older: 0 };
    const progress = Math.floor((100 * 5) / REBUILD_SEGMENTS);
    expect(await desk.view()).toMatchObject({ rebuild: { progress, startedAt, generation: 2, rows: sums } });
  });

  it('shows how the last rebuild ended', async () => {
    const { world } = desk;
    const startedAt = world.now();
    await world.change(beginRebuild(startedAt));
    world.pass(1000);
    const endedAt = world.now();
    await world.change(giveUp({ generation: 2, rows: NO_ROWS, endedAt }, 'no room'));
    const view = await desk.view();
    expect(view).toMatchObject({
      status: 'running',
      lastRebuild: { startedAt, endedAt, generation: 2, outcome: 'failed', error: 'no room', rows: NO_ROWS },
    });
    expect(view).not.toHaveProperty('rebuild');
  });
});

describe('a pause', () => {
  it('begins and ends, however often it is asked for', async () => {
    for (let times = 0; times < 2; times += 1) {
      const { status, json } = await desk.call('POST', '/tasks/pause');
      expect([status, json.data]).toEqual([
        202,
        { name: 'tasks', ...FRESH, status: 'paused', pausedBecause: 'operator' },
      ]);
    }
    expect(desk.kept).toBe(0);
    for (let times = 0; times < 2; times += 1) {
      const { status, json } = await desk.call('POST', '/tasks/resume');
      expect([status, json.data]).toEqual([202, { name: 'tasks', ...FRESH }]);
    }
    expect((await desk.world.state()).resumedAt).toBe(desk.world.now());
    expect(await desk.view('sagas')).toMatchObject({ status: 'running' });
  });

  it('that errors have begun stays theirs', async () => {
    await desk.world.change(pause(desk.world.now(), 'errors'));
    expect((await desk.call('POST', '/tasks/pause')).json.data).toMatchObject({ pausedBecause: 'errors' });
  });

  it('ends with a look at what came in it', async () => {
    await desk.call('POST', '/tasks/pause');
    await desk.call('POST', '/tasks/resume');
    expect(desk.kept).toBe(1);
  });

  it('that ends makes errors count anew', async () => {
    await desk.failing(11);
    await desk.call('POST', '/tasks/pause');
    desk.world.pass(1000);
    const { json } = await desk.call('POST', '/tasks/resume');
    expect(json.data).toMatchObject({ recentErrors: 0, failedEvents: 11 });
  });
});

describe('a rebuild', () => {
  it('is begun, and the keeper starts it', async () => {
    const { status, json } = await desk.call('POST', '/tasks/rebuild');
    expect([status, json.data]).toEqual([
      202,
      {
        ...{ name: 'tasks', ...FRESH, status: 'rebuilding' },
        rebuild: { progress: 0, startedAt: expect.any(String), generation: 2, rows: NO_ROWS },
      },
    ]);
    expect(desk.kept).toBe(1);
  });

  it('is refused while one runs, and nothing is started by it', async () => {
    await desk.call('POST', '/tasks/rebuild');
    const { status, json } = await desk.call('POST', '/tasks/rebuild');
    expect([status, json.error]).toMatchObject([
      409,
      { code: 'CONFLICT', message: 'A rebuild of tasks is under way already.' },
    ]);
    expect([desk.kept, (await desk.world.state()).lastGeneration]).toEqual([1, 2]);
  });

  it('of one projection does not hold up that of another', async () => {
    await desk.call('POST', '/tasks/rebuild');
    expect((await desk.call('POST', '/sagas/rebuild')).status).toBe(202);
  });

  it('that many ask for at once is begun once', async () => {
    const calls = await Promise.all(Array.from({ length: 8 }, () => desk.call('POST', '/tasks/rebuild')));
    expect(calls.map(({ status }) => status).sort()).toEqual([202, ...Array.from({ length: 7 }, () => 409)]);
  });
});

describe('failed events', () => {
  const page = async (query: Record<string, string> = {}) =>
    (await desk.call('GET', '/tasks/failed-events', { query })).json.data as {
      items: { eventId: string }[];
      nextCursor: string | null;
    };

  it('are told with their tries', async () => {
    await desk.failing(1, 3);
    const at = desk.world.now();
    expect(await page()).toEqual({
      items: [
        {
          ...{ eventId: 'task_00000-1', eventType: 'domain.TaskCreated', aggregateId: 'task_00000' },
          ...{ error: 'no room', firstFailedAt: at, lastFailedAt: at, retryCount: 2 },
        },
      ],
      nextCursor: null,
    });
    expect((await desk.call('GET', '/sagas/failed-events')).json.data).toEqual({ items: [], nextCursor: null });
  });

  it('come page by page, each once', async () => {
    const ids = await desk.failing(60);
    const seen: string[] = [];
    const sizes: number[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { items, nextCursor } = await page({ ...(cursor && { cursor }) });
      seen.push(...items.map(({ eventId }) => eventId));
      sizes.push(items.length);
      cursor = nextCursor;
    }
    expect([seen, sizes]).toEqual([ids, [25, 25, 10]]);
    expect(await page({ limit: '60' })).toMatchObject({ nextCursor: null });
  });

  it('take no cursor of another projection', async () => {
    await desk.failing(2);
    const { nextCursor } = await page({ limit: '1' });
    const { status, json } = await desk.call('GET', '/sagas/failed-events', { query: { cursor: nextCursor ?? '' } });
    expect([status, json.error.details?.map(({ path }) => path)]).toEqual([400, ['cursor']]);
  });

  const retry = async () => {
    const { status, json } = await desk.call('POST', '/tasks/failed-events/retry');
    return [status, json.data];
  };

  it('are tried again, each once', async () => {
    const ids = await desk.failing(250, 2);
    expect(await retry()).toEqual([202, { retried: 250 }]);
    const sent = desk.retries.map(({ retryOf }) => retryOf);
    expect(sent.sort()).toEqual(ids);
    expect(desk.retries[0]).toEqual({ name: 'tasks', retryOf: ids[0], eventType: 'domain.TaskCreated' });
  });

  it('are none where none wait', async () => {
    expect(await retry()).toEqual([202, { retried: 0 }]);
  });

  it.each([
    [1000, {}],
    [1001, { more: true }],
  ])('are 1,000 a call at most, which says where there are more (%i)', async (count, more) => {
    await desk.failing(count);
    expect(await retry()).toEqual([202, { retried: 1000, ...more }]);
    expect(new Set(desk.retries.map(({ retryOf }) => retryOf)).size).toBe(1000);
  });

  it('that cannot be sent are an error, not an answer', async () => {
    await desk.failing(1);
    desk.sending = () => Promise.reject(new Error('no route'));
    expect(await desk.call('POST', '/tasks/failed-events/retry')).toMatchObject({ status: 500 });
  });

  it('are no more than 100 a page', async () => {
    const { status, json } = await desk.call('GET', '/tasks/failed-events', { query: { limit: '101' } });
    expect([status, json.error.details?.map(({ path }) => path)]).toEqual([400, ['limit']]);
  });
});
