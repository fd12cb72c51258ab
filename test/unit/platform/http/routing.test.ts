import { describe, expect, it } from 'vitest';
import { callThings } from '../../../support/api/thing-api.ts';

describe('an address', () => {
  it.each(['/things/', '/things/thing_1/', '/open/'])('"%s" may end in a slash', async (path) => {
    const { status } = await callThings({ path });
    expect(status).toBe((await callThings({ path: path.slice(0, -1) })).status);
    expect(status).toBeLessThan(300);
  });

  it.each(['/', '/thing', '/THINGS', '/things/a/b', '/things/thing_1/files2/x', '//things', '/api/v1/things'])(
    'that nothing has is answered 404: %s',
    async (path) => {
      const { status, json } = await callThings({ path });
      expect([status, json.error.code]).toEqual([404, 'NOT_FOUND']);
    },
  );

  it.each(['HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE', 'PROPFIND', 'get', '__proto__', 'constructor'])(
    'with the method %s, which no row has, is answered 404',
    async (method) => {
      for (const path of ['/things', '/things/thing_1', '/open']) {
        const { status, json } = await callThings({ method, path });
        expect([status, json.error.code]).toEqual([404, 'NOT_FOUND']);
      }
    },
  );

  it.each([
    ['/things/thing_1', { thingId: 'thing_1' }],
    ['/things/thing%5F1', { thingId: 'thing_1' }],
    ['/things/thing_1/files/a', { thingId: 'thing_1', path: 'a' }],
    ['/things/thing_1/files/src/a%20b/%C3%BC.ts', { thingId: 'thing_1', path: 'src/a b/ü.ts' }],
    ['/things/thing_1/files/src%2Fa.ts', { thingId: 'thing_1', path: 'src/a.ts' }],
    ['/things/thing_1/files/100%25.txt', { thingId: 'thing_1', path: '100%.txt' }],
    ['/things/thing_1/files/half%.txt', { thingId: 'thing_1', path: 'half%.txt' }],
    ['/things/thing_1/files/a%2520b', { thingId: 'thing_1', path: 'a%20b' }],
    ['/things/thing_1/files/__proto__/.hidden', { thingId: 'thing_1', path: '__proto__/.hidden' }],
  ])('%s gives its parameters decoded once', async (path, data) => {
    expect((await callThings({ path })).json.data).toEqual(data);
  });

  it.each([
    '',
    '/',
    '/..',
    '/../x',
    '/a/../../x',
    '/%2e%2e/x',
    '/a/%2E%2E%2Fx',
    '/a/..%2fx',
    '/./a',
    '/a//b',
    '/a/',
    '//etc/passwd',
    '/%2Fetc/passwd',
    '/a%5C..%5Cb',
    '/a%00b',
    `/${'x'.repeat(201)}`,
    `/${'%C3%BC'.repeat(101)}`,
  ])('whose file path would leave its place is refused: files%s', async (rest) => {
    const { status, json } = await callThings({ path: `/things/thing_1/files${rest}` });
    expect([status, json.error.details?.map(({ path }) => path)]).toEqual([400, ['path']]);
  });
});
