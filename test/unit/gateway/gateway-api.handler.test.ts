import { hash } from 'node:crypto';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { ENV } from '../../../functions/contracts/env.ts';
import { apiCaller } from '../../support/api/api-calls.ts';
import { contracts } from '../../support/api/api-routes.ts';

let call: ReturnType<typeof apiCaller>;
beforeAll(async () => {
  vi.stubEnv(ENV.stage, 'test');
  call = apiCaller((await import('../../../functions/gateway/handlers/gateway-api.handler.ts')).handler);
  vi.unstubAllEnvs();
});

describe('the open rows', () => {
  it('tell that the API answers, to anybody', async () => {
    const { status, json } = await call({ path: '/api/v1/health', scopes: null });
    expect([status, json.data]).toEqual([200, { status: 'ok', stage: 'test' }]);
  });

  it('give the OpenAPI file itself, the same each time', async () => {
    const first = await call({ path: '/api/v1/openapi.json', scopes: null });
    const second = await call({ path: '/api/v1/openapi.json', scopes: null });
    expect([first.status, first.headers['content-type']]).toEqual([200, 'application/json']);
    expect(first.json).toMatchObject({ openapi: expect.stringMatching(/^3\.1/), paths: { '/api/v1/tasks': {} } });
    expect(second.bytes.equals(first.bytes)).toBe(true);
  });

  it('give an OpenAPI file that no row of the product is missing from', async () => {
    const { bytes } = await call({ path: '/api/v1/openapi.json', scopes: null });
    const named = [...bytes.toString().matchAll(/"operationId":"(\w+)"/g)].map(([, id]) => id);
    expect(named.sort()).toEqual((await contracts()).map(({ id }) => id).sort());
  });

  it('give the same as a page, to anybody, which may be kept for minutes', async () => {
    const first = await call({ path: '/api/v1/docs', scopes: null });
    const second = await call({ path: '/api/v1/docs', scopes: null });
    expect([first.status, first.bytes.toString().slice(0, 15)]).toEqual([200, '<!doctype html>']);
    expect(first.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'cache-control': 'public, max-age=300',
      'referrer-policy': 'no-referrer',
    });
    expect(second.bytes.equals(first.bytes)).toBe(true);
    for (const { id } of await contracts()) expect(first.bytes.toString()).toContain(`<article id="call-${id}"`);
  });

  it('give a page whose policy lets in nothing but its own style', async () => {
    const { headers, bytes } = await call({ path: '/api/v1/docs', scopes: null });
    const [, style = ''] = /<style>([^<]*)<\/style>/.exec(bytes.toString()) ?? [];
    expect(style).toContain('prefers-color-scheme');
    expect(headers['content-security-policy']?.split('; ')).toEqual([
      "default-src 'none'",
      `style-src 'sha256-${hash('sha256', style, 'base64')}'`,
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ]);
  });

  it.each(['/', '/api', '/api/v1', '/api/v1/', '/api/v2/health', '/favicon.ico', '/api/v1/health/x'])(
    'answer 404 for %s, which nothing has',
    async (path) => {
      for (const method of ['GET', 'POST', 'HEAD', 'OPTIONS']) {
        const { status, json } = await call({ method, path, scopes: null });
        expect([status, json.error.code]).toEqual([404, 'NOT_FOUND']);
      }
    },
  );
});

describe('a stage whose pages may call', () => {
  it('answers preflights for all rows of the API, and to anybody', async () => {
    vi.resetModules();
    vi.stubEnv(ENV.stage, 'test');
    vi.stubEnv(ENV.corsOrigins, 'http://localhost:5173');
    const { handler } = await import('../../../functions/gateway/handlers/gateway-api.handler.ts');
    vi.unstubAllEnvs();
    const headers = { Origin: 'http://localhost:5173', 'Access-Control-Request-Method': 'POST' };
    for (const path of ['/api/v1/tasks', '/api/v1/agents/agent_1/claim', '/api/v1/health', '/']) {
      const answer = await apiCaller(handler)({ method: 'OPTIONS', path, headers, scopes: null });
      expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([204, headers.Origin]);
    }
  });
});
