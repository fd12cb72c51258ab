import { beforeEach, describe, expect, it } from 'vitest';
import { sagaDefinitionRoutes } from '../../../functions/contracts/api/saga-definition.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import { DEFINITIONS, pathsOf, STEP, sagaApi, TRIP, TRIP_SAID } from '../../support/sagas/saga-api.ts';

captureLogLines();
const YEAR_MS = 365 * 24 * 3_600_000;

let on: ReturnType<typeof sagaApi>;
beforeEach(() => {
  on = sagaApi();
});

const steps = (count: number) => Array.from({ length: count }, (_, index) => ({ ...STEP, id: `step-${index}` }));

describe('PUT /saga-definitions/{id}', () => {
  it('keeps a definition with what was left out filled in', async () => {
    const { status, json } = await on.put(TRIP);
    expect([status, json.data]).toStrictEqual([201, TRIP_SAID]);
    expect(sagaDefinitionRoutes.putSagaDefinition.answer.data.parse(json.data)).toEqual(json.data);
    const found = await on.call('GET', `${DEFINITIONS}/trip`);
    expect([found.status, found.json.data]).toEqual([200, TRIP_SAID]);
  });

  it('replaces the one of its id', async () => {
    await on.put(TRIP);
    const { status, json } = await on.put({ ...TRIP, name: 'Another' });
    expect([status, json.data]).toEqual([200, { ...TRIP_SAID, name: 'Another' }]);
    expect(await on.definitions.find('trip')).toEqual({ ...TRIP_SAID, name: 'Another' });
  });

  it.each([
    ['50 steps', { steps: steps(50) }],
    ['the shortest limits', { timeout: 1, steps: [{ ...STEP, timeout: 1, retries: 0 }] }],
    ['the longest limits', { timeout: YEAR_MS, steps: [{ ...STEP, timeout: YEAR_MS, retries: 10 }] }],
    ['the longest names', { name: 'x'.repeat(256), steps: [{ ...STEP, id: 'x'.repeat(64), action: 'x'.repeat(64) }] }],
    ['a step that can be undone', { steps: [{ ...STEP, compensation: 'un-book_1' }] }],
    [
      'ids that objects have',
      {
        steps: [
          { ...STEP, id: 'constructor' },
          { ...STEP, id: '__proto__' },
        ],
      },
    ],
  ])('takes %s', async (_, more) => {
    const { status, json } = await on.put({ ...TRIP, ...more });
    expect(status).toBe(201);
    expect(json.data).toMatchObject(more);
  });
});

describe('so many definitions', () => {
  const fill = async (count: number) => {
    for (let made = 0; made < count; made += 1) await on.definitions.put({ ...TRIP_SAID, id: `trip-${made}` });
  };

  it('there may be: 500', async () => {
    await fill(499);
    expect((await on.put(TRIP)).status).toBe(201);
    expect(await on.definitions.count()).toBe(500);
  });

  it('there may be, and no more, but changes to those, and another in the place of one that went', async () => {
    await fill(500);
    const refused = await on.put(TRIP);
    expect([refused.status, refused.json.error.code]).toEqual([409, 'LIMIT_EXCEEDED']);
    expect((await on.put({ ...TRIP, id: 'trip-7' }, 'trip-7')).status).toBe(200);
    expect((await on.call('DELETE', `${DEFINITIONS}/trip-9`)).status).toBe(204);
    expect((await on.put(TRIP)).status).toBe(201);
  });
});

describe('a definition', () => {
  it('is removed', async () => {
    await on.put(TRIP);
    const { status, bytes } = await on.call('DELETE', `${DEFINITIONS}/trip`);
    expect([status, bytes.byteLength]).toEqual([204, 0]);
    expect(await on.definitions.find('trip')).toBeUndefined();
  });

  it.each(['GET', 'DELETE'])('that there is not is not found: %s', async (method) => {
    const { status, json } = await on.call(method, `${DEFINITIONS}/trip`);
    expect([status, json.error]).toMatchObject([
      404,
      { code: 'NOT_FOUND', message: 'There is no saga definition trip.' },
    ]);
  });

  it('is listed with the others, a page at a time', async () => {
    for (const id of ['c', 'a', 'b']) await on.put({ ...TRIP, id }, id);
    const first = await on.call('GET', DEFINITIONS, { query: { limit: '2' } });
    expect(first.json.data).toMatchObject({ items: [{ id: 'a' }, { id: 'b' }], nextCursor: expect.any(String) });
    const { nextCursor: cursor } = first.json.data as { nextCursor: string };
    const second = await on.call('GET', DEFINITIONS, { query: { limit: '2', cursor } });
    expect(second.json.data).toEqual({ items: [{ ...TRIP_SAID, id: 'c' }], nextCursor: null });
    const forged = await on.call('GET', DEFINITIONS, { query: { cursor: 'x' } });
    expect(pathsOf(forged)).toEqual([400, 'VALIDATION_ERROR', 'cursor']);
  });

  it.each([
    ['PUT', '/trip', 'read,write', 403],
    ['DELETE', '/trip', 'read,write', 403],
    ['GET', '/trip', 'write,admin', 403],
    ['GET', '', 'write,admin', 403],
    ['GET', '', 'read', 200],
  ])('is for keys with the scope: %s %s with %s', async (method, path, scopes, status) => {
    const body = method === 'PUT' ? { body: TRIP } : {};
    expect((await on.call(method, `${DEFINITIONS}${path}`, { scopes, ...body })).status).toBe(status);
    expect(await on.definitions.count()).toBe(0);
  });
});
