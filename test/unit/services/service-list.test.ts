import { beforeEach, describe, expect, it } from 'vitest';
import type { Page } from '../../../functions/contracts/api/list.ts';
import type { Service } from '../../../functions/contracts/api/service.ts';
import { serviceRoutes } from '../../../functions/contracts/api/service.ts';
import { serviceEndpoints } from '../../../functions/services/adapters/service-endpoints.ts';
import { cursorTo } from '../../../functions/shared/platform/cursor.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import type { ServiceWorld } from '../../support/services/service-world.ts';
import { servicesApi, serviceWorld } from '../../support/services/service-world.ts';

captureLogLines();

const BUILT_IN = ['storage-service', 'agent-service'];
const checks = { builtIn: async () => undefined, http: async () => undefined };

let world: ServiceWorld;
let call: ReturnType<typeof servicesApi>;
beforeEach(async () => {
  world = serviceWorld();
  call = servicesApi(serviceEndpoints({ ...world, checks, addressFaults: async () => [] }));
  await world.registered('middle', { createdAt: '2026-08-19T10:00:00.000Z' });
  await world.registered('newest', { createdAt: '2026-08-20T10:00:00.000Z' });
  await world.registered('oldest', { createdAt: '2026-08-18T10:00:00.000Z' });
});

const page = async (query: Record<string, string> = {}) => {
  const { data } = (await call('GET', '', { query })).json;
  const { items, nextCursor } = data as Page<Service>;
  return { items, nextCursor, names: items.map(({ name }) => name) };
};
const next = (cursor: string | null, limit: string) => page({ limit, cursor: cursor ?? 'none' });

describe('GET /services', () => {
  it('lists the newest first, and those built in last', async () => {
    expect(await page()).toMatchObject({ names: ['newest', 'middle', 'oldest', ...BUILT_IN], nextCursor: null });
  });

  it('keeps the order when a service changes', async () => {
    await world.registered('oldest', { createdAt: '2026-08-21T10:00:00.000Z', healthPath: '/up' });
    expect((await page()).names.slice(0, 3)).toEqual(['newest', 'middle', 'oldest']);
  });

  it('shows each as it is read alone', async () => {
    const { items } = await page();
    expect(serviceRoutes.listServices.answer.data.parse({ items, nextCursor: null }).items).toEqual(items);
    for (const one of items) expect((await call('GET', `/${one.name}`)).json.data).toEqual(one);
    expect(items.map(({ builtIn }) => builtIn)).toEqual([false, false, false, true, true]);
    const nowhere = { endpoint: null, healthPath: null, createdAt: null, updatedAt: null };
    expect(items.at(-1)).toMatchObject({ ...nowhere, breaker: { failureThreshold: 10, timeout: 30_000 } });
  });

  it.each([
    ['1', [['newest'], ['middle'], ['oldest'], ['storage-service'], ['agent-service']]],
    ['2', [['newest', 'middle'], ['oldest', 'storage-service'], ['agent-service']]],
    ['4', [['newest', 'middle', 'oldest', 'storage-service'], ['agent-service']]],
    ['5', [['newest', 'middle', 'oldest', ...BUILT_IN]]],
  ])('gives every service once, %s a page, and ends with the last', async (limit, pages) => {
    const seen: string[][] = [];
    for (let cursor: string | null | undefined; cursor !== null && seen.length <= pages.length; ) {
      const one = await page({ limit, ...(cursor !== undefined && { cursor }) });
      seen.push(one.names);
      cursor = one.nextCursor;
    }
    expect(seen).toEqual(pages);
  });

  it('goes on behind its place, whatever came and went meanwhile', async () => {
    const { nextCursor, names } = await page({ limit: '2' });
    expect(names).toEqual(['newest', 'middle']);
    await world.registered('later', { createdAt: '2026-08-22T10:00:00.000Z' });
    await world.registry.remove('middle');
    expect((await next(nextCursor, '25')).names).toEqual(['oldest', ...BUILT_IN]);
  });

  it('tells services of one moment apart', async () => {
    for (const name of ['a', 'c', 'b']) await world.registered(name, { createdAt: '2026-08-23T10:00:00.000Z' });
    const first = await page({ limit: '2' });
    const second = await next(first.nextCursor, '2');
    expect([...first.names, ...second.names]).toEqual(['c', 'b', 'a', 'newest']);
  });

  it('takes a cursor whose place is empty by now', async () => {
    expect(await next(cursorTo('services', { sort: '!' }), '25')).toMatchObject({ names: [], nextCursor: null });
  });

  it.each([
    ['no cursor', 'garbage'],
    ['another list’s', cursorTo('agents', { sort: '2026-08-19T10:00:00.000Z#middle' })],
    ['one without a place', cursorTo('services', {})],
    ['one with an empty place', cursorTo('services', { sort: '' })],
    ['one with more in it', cursorTo('services', { sort: 'a', name: 'middle' })],
    ['one whose place is no text', Buffer.from('["services",{"sort":{"gt":""}}]').toString('base64url')],
  ])('refuses a cursor that it has not given: %s', async (_, cursor) => {
    const { status, json } = await call('GET', '', { query: { cursor } });
    expect([status, json.error.details]).toEqual([400, [{ path: 'cursor', message: 'was not given by this list' }]]);
  });

  it.each(['0', '101', '1e1', ''])('refuses the limit %j', async (limit) => {
    const { status, json } = await call('GET', '', { query: { limit } });
    expect([status, json.error.details]).toMatchObject([400, [{ path: 'limit' }]]);
  });
});

it('GET /services/{name} answers 404 for one that there is not', async () => {
  const { status, json } = await call('GET', '/absent');
  expect([status, json.error.code, json.error.message]).toEqual([
    404,
    'SERVICE_NOT_FOUND',
    'There is no service absent.',
  ]);
});
