import { afterAll, describe, expect, it, vi } from 'vitest';
import { ENV } from '../../../../functions/contracts/env.ts';
import { AppError } from '../../../../functions/shared/kernel/errors.ts';
import type { Endpoint } from '../../../../functions/shared/platform/http/http-pipeline.ts';
import { endpoint, httpPipeline } from '../../../../functions/shared/platform/http/http-pipeline.ts';
import type { ApiCall } from '../../../support/api/api-calls.ts';
import { apiCaller } from '../../../support/api/api-calls.ts';
import { callThings } from '../../../support/api/thing-api.ts';

const ORIGIN = 'https://console.example.com';
const OTHER = 'http://127.0.0.1:5173';

const row = {
  method: 'GET',
  summary: '',
  scope: null,
  errors: [],
  answer: { status: 200, raw: 'text/plain' },
} as const;
const endpoints: Endpoint[] = [
  endpoint({ ...row, id: 'text', path: '/text' }, async () => ({ kind: 'raw', status: 200, headers: {}, body: 'x' })),
  endpoint({ ...row, id: 'data', path: '/data' }, async () => ({ kind: 'data', data: 1 })),
  endpoint({ ...row, id: 'refused', path: '/refused' }, () => Promise.reject(new AppError('CONFLICT', 'No.'))),
  endpoint({ ...row, id: 'hanging', path: '/hanging' }, () => new Promise(() => undefined)),
];

vi.stubEnv(ENV.corsOrigins, `${ORIGIN},${OTHER}`);
const call = apiCaller(httpPipeline(endpoints));
vi.unstubAllEnvs();
afterAll(() => vi.unstubAllEnvs());

const from = (origin: string, more: Partial<ApiCall> = {}) =>
  call({ path: '/data', headers: { Origin: origin }, ...more });
const UNLISTED = [
  'https://evil.example.com',
  `${ORIGIN}.evil.com`,
  `${ORIGIN}:443`,
  `${ORIGIN}/`,
  'http://console.example.com',
  'https://CONSOLE.example.com',
  'null',
  '',
  '*',
  `${ORIGIN},${OTHER}`,
];
const allowsOf = (headers: Record<string, string>) =>
  Object.keys(headers).filter((name) => name.startsWith('access-control-'));

describe('an answer to a page of a listed origin', () => {
  it.each([ORIGIN, OTHER])('may be read by it, with the headers that tell its story: %s', async (origin) => {
    const { headers } = await from(origin);
    expect(headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-expose-headers': 'x-request-id, x-correlation-id, location',
      vary: 'Origin',
      'cache-control': 'no-store',
    });
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
  });

  it.each([
    ['/text', 200],
    ['/data', 200],
    ['/refused', 409],
    ['/nowhere', 404],
    ['/hanging', 504],
  ])('may be read whatever it is: %s', async (path, expected) => {
    const { status, headers } = await from(ORIGIN, { path, remainingMs: 220 });
    expect([status, headers['access-control-allow-origin']]).toEqual([expected, ORIGIN]);
  });
});

describe('an answer to anybody else', () => {
  it.each(UNLISTED)('is kept by browsers from the page of "%s"', async (origin) => {
    const { status, headers } = await from(origin);
    expect([status, allowsOf(headers), headers.vary]).toEqual([200, [], 'Origin']);
  });

  it('is as ever where no page is behind it', async () => {
    const { status, headers } = await call({ path: '/data' });
    expect([status, allowsOf(headers)]).toEqual([200, []]);
  });
});

describe('a preflight', () => {
  const preflight = (origin: string, path = '/data') => from(origin, { method: 'OPTIONS', path, scopes: null });

  it.each(['/data', '/', '/things/thing_1/files/a/b.txt', '/nowhere'])(
    'for %s is answered with what the API takes, without a word more',
    async (path) => {
      const { status, headers, bytes } = await preflight(ORIGIN, path);
      expect([status, bytes.byteLength]).toEqual([204, 0]);
      expect(headers).toMatchObject({
        'access-control-allow-origin': ORIGIN,
        'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
        'access-control-allow-headers':
          'authorization, content-type, idempotency-key, x-correlation-id, x-file-size, x-file-sha256',
        'access-control-max-age': '3600',
        vary: 'Origin',
      });
      expect(headers).not.toHaveProperty('content-type');
    },
  );

  it.each(UNLISTED)('of the unlisted origin "%s" allows nothing', async (origin) => {
    const { status, headers, bytes } = await preflight(origin);
    expect([status, bytes.byteLength, allowsOf(headers), headers.vary]).toEqual([204, 0, [], 'Origin']);
  });
});

describe('a stage without origins', () => {
  it('says nothing of other origins, and has no preflights', async () => {
    const headers = { origin: ORIGIN };
    const answer = await callThings({ path: '/open', headers });
    expect([allowsOf(answer.headers), answer.headers]).toEqual([[], expect.not.objectContaining({ vary: 'Origin' })]);
    expect((await callThings({ method: 'OPTIONS', path: '/open', headers })).status).toBe(404);
  });
});
