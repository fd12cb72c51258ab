import { describe, expect, it } from 'vitest';
import { callThings, createThing } from '../../../support/api/thing-api.ts';

describe('the faults of a request', () => {
  const faultsOf = async (body: unknown) =>
    (await createThing(body)).json.error.details?.map(({ path }) => path).sort();

  it.each([
    { what: 'a missing field', body: {}, paths: ['name'] },
    { what: 'a wrong type', body: { name: 5 }, paths: ['name'] },
    { what: 'null', body: { name: null }, paths: ['name'] },
    { what: 'an empty text', body: { name: '' }, paths: ['name'] },
    { what: 'a fraction', body: { name: 'n', count: 1.5 }, paths: ['count'] },
    { what: 'each unknown field', body: { name: 'n', one: 1, two: 2 }, paths: ['one', 'two'] },
    { what: 'a nested field', body: { name: 'n', requirements: [{ type: '' }] }, paths: ['requirements.0.type'] },
    {
      what: 'a nested unknown field',
      body: { name: 'n', requirements: [{ type: 'a' }, { type: 'b', odd: 1 }] },
      paths: ['requirements.1.odd'],
    },
    {
      what: 'everything at once',
      body: { count: 'x', requirements: [5, {}], odd: 1 },
      paths: ['count', 'name', 'odd', 'requirements.0', 'requirements.1.type'],
    },
    { what: 'a list instead of an object', body: [], paths: ['body'] },
    { what: 'a text instead of an object', body: '"text"', paths: ['body'] },
    { what: 'null instead of an object', body: 'null', paths: ['body'] },
    { what: 'no JSON', body: '{', paths: ['body'] },
    { what: 'no body', body: undefined, paths: ['body'] },
    { what: 'an empty body', body: '', paths: ['body'] },
  ])('name $what', async ({ body, paths }) => {
    const { status, json } = await createThing(body);
    expect([status, json.error.code]).toEqual([400, 'VALIDATION_ERROR']);
    expect(await faultsOf(body)).toEqual(paths);
    for (const fault of json.error.details ?? []) expect(fault.message).toMatch(/\w+ \w+/);
  });

  it.each([
    [{ limit: '0' }, 'limit'],
    [{ limit: '101' }, 'limit'],
    [{ limit: '1.5' }, 'limit'],
    [{ limit: 'ten' }, 'limit'],
    [{ limit: '' }, 'limit'],
    [{ limit: '1e1' }, 'limit'],
    [{ limit: '0x10' }, 'limit'],
    [{ limit: ' 1' }, 'limit'],
    [{ limit: '1\n' }, 'limit'],
    [{ limit: '+1' }, 'limit'],
    [{ limit: '-1' }, 'limit'],
    [{ limit: '1.0' }, 'limit'],
    [{ limit: '٣' }, 'limit'],
    [{ limit: '9'.repeat(400) }, 'limit'],
    [{ cursor: '' }, 'cursor'],
    [{ cursor: 'x'.repeat(2049) }, 'cursor'],
    [{ color: 'green' }, 'color'],
    [{ colour: 'red' }, 'colour'],
  ])('name the query parameter of %j', async (query: Record<string, string>, path) => {
    const { status, json } = await callThings({ path: '/things', query });
    expect([status, json.error.details?.map((fault) => fault.path)]).toEqual([400, [path]]);
  });

  it('name a query parameter that is given more than once, of which only the last value would be heard', async () => {
    const repeated = { color: ['red', 'blue'], limit: ['1'] };
    const { status, json } = await callThings({ path: '/things', query: { color: 'blue', limit: '1' }, repeated });
    expect([status, json.error.details]).toEqual([400, [{ path: 'color', message: 'is given more than once' }]]);
  });

  it('name the header Idempotency-Key where the row does not keep it, so that nobody relies on it', async () => {
    const { status, json } = await createThing({ name: 'n' }, { headers: { 'Idempotency-Key': 'k' } });
    expect([status, json.error.details?.map(({ path }) => path)]).toEqual([400, ['idempotency-key']]);
  });

  it('name unknown query parameters also where a row takes none, beside those of the body', async () => {
    expect((await callThings({ path: '/open', query: { a: '1', b: '2' } })).json.error.details).toEqual([
      { path: 'a', message: 'is not known here' },
      { path: 'b', message: 'is not known here' },
    ]);
    const { json } = await createThing({ name: 5 }, { query: { a: '1' } });
    expect(json.error.details?.map(({ path }) => path)).toEqual(['name', 'a']);
  });

  it('name the parameter of the path', async () => {
    const { status, json } = await callThings({ path: '/things/other_1' });
    expect([status, json.error.details]).toEqual([400, [{ path: 'thingId', message: 'must be a thing id' }]]);
  });

  it('are none where the query is right, and defaults are filled in', async () => {
    expect((await callThings({ path: '/things' })).json.data).toEqual({ limit: 25 });
    const query = { limit: '100', cursor: 'c', color: 'red' };
    expect((await callThings({ path: '/things', query })).json.data).toEqual({ limit: 100, cursor: 'c', color: 'red' });
  });

  it.each(['text/plain', 'multipart/form-data', ''])('do not matter in a body of the type "%s"', async (type) => {
    const { status, json } = await createThing({}, { headers: { 'Content-Type': type } });
    expect([status, json.error.code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
  });

  it.each([false, true])('do not matter in a body over 256 KB (base64: %s)', async (base64) => {
    const { status, json } = await createThing({ name: 'x'.repeat(256 * 1024) }, { base64 });
    expect([status, json.error.code]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
  });

  it('are answered fast and within what a Lambda can say, also when there are tens of thousands', async () => {
    const names = Array.from({ length: 30_000 }, (_, index) => index.toString(36));
    const started = performance.now();
    const { status, bytes } = await createThing(`{${names.map((name) => `"${name}":0`).join(',')}}`);
    expect(status).toBe(400);
    expect(bytes.byteLength).toBeLessThan(5 * 1024 * 1024);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
