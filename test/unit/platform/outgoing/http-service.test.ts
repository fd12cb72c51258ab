import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ACCEPTED, pingHttpService } from '../../../../functions/shared/platform/outgoing/http-service.ts';
import { call, errorOf, failureOf, request, WHO } from '../../../support/outgoing/billing-calls.ts';
import type { Behaviour } from '../../../support/outgoing/fault-server.ts';
import {
  answer,
  closedPort,
  echo,
  faultServer,
  hang,
  json,
  raw,
  reset,
} from '../../../support/outgoing/fault-server.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('a call of an operation', () => {
  it('posts its payload below the endpoint, with the headers of the contract', async () => {
    vi.stubEnv('_X_AMZN_TRACE_ID', 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1');
    const { origin } = await faultServer(echo);
    const sent = (await call(`${origin}/api`)) as { headers: Record<string, string> };
    expect(sent).toMatchObject({ method: 'POST', url: '/api/refund', body: '{"amount":3}' });
    expect(sent.headers).toEqual({
      host: origin.replace('http://', ''),
      connection: 'close',
      'user-agent': 'maos',
      'accept-encoding': 'identity',
      'content-length': '12',
      'content-type': 'application/json',
      accept: 'application/json',
      'x-correlation-id': 'corr_1',
      traceparent: '00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01',
      'idempotency-key': 'key:1',
    });
  });

  it('carries headers of its caller, who cannot replace ours', async () => {
    const { origin } = await faultServer(echo);
    const headers = { 'x-maos-contract-test': 'true', 'x-correlation-id': 'other' };
    expect(await call(origin, { headers })).toMatchObject({
      headers: { 'x-maos-contract-test': 'true', 'x-correlation-id': 'corr_1' },
    });
  });

  it.each([
    ['', '/refund'],
    ['/', '/refund'],
    ['/api/v1', '/api/v1/refund'],
    ['/api/v1/', '/api/v1/refund'],
  ])('leads from an endpoint with the path "%s" to %s', async (path, url) => {
    const { origin } = await faultServer(echo);
    expect(await call(`${origin}${path}`)).toMatchObject({ url });
  });

  it.each(['', '.', '..', '../admin', 'a/b', 'a?b', 'a#b', '%2e%2e', 'a\\b', 'a b', 'x'.repeat(65)])(
    'never leads to another place by an operation "%s"',
    async (operation) => {
      const { origin, accepted } = await faultServer(echo);
      expect(await errorOf(call(`${origin}/api`, { operation }))).toMatchObject({
        code: 'VALIDATION_ERROR',
        details: [{ path: 'operation', message: 'must be the name of an operation' }],
      });
      expect(accepted()).toBe(0);
    },
  );

  it.each([[{ ok: true }], [[1, 'ä']], ['text'], [0], [false], [null]])('gives the JSON %j', async (value) => {
    for (const status of [200, 201, 202]) {
      const { origin } = await faultServer(json(value, status));
      expect(await call(origin)).toEqual(value);
    }
  });

  it('gives null for 204', async () => {
    expect(await call((await faultServer(answer(204))).origin)).toBeNull();
  });

  it('may be nested as deep as a request, and no deeper', async () => {
    const nested = (depth: number) => `${'{"a":['.repeat(depth / 2)}${']}'.repeat(depth / 2)}`;
    const { origin } = await faultServer(answer(200, nested(32)));
    expect(await call(origin)).toEqual(JSON.parse(nested(32)));
    for (const depth of [34, 200_000]) {
      const { message, retryable, details } = await failureOf(answer(200, nested(depth)));
      expect(message).toBe('Operation refund of service billing failed: its answer is nested deeper than 32 levels.');
      expect({ retryable, details }).toEqual({ retryable: true, details: { ...WHO, httpStatus: 200 } });
    }
  });
});

describe('a call that may be answered later', () => {
  const completeUrl = 'https://api.example/api/v1/completions/a.b';

  it('says where, whatever its caller says besides', async () => {
    const { origin } = await faultServer(echo);
    const headers = { 'x-maos-complete-url': 'https://other.example' };
    expect(await call(origin, { completeUrl, headers })).toMatchObject({
      headers: { 'x-maos-complete-url': completeUrl },
    });
    const { headers: sent } = (await call(origin)) as { headers: object };
    expect(sent).not.toHaveProperty('x-maos-complete-url');
  });

  it.each(['', '{"seat":1}', '<h1>Later</h1>'])('is accepted with 202, whatever that holds: "%s"', async (body) => {
    expect(await call((await faultServer(answer(202, body))).origin, { completeUrl })).toBe(ACCEPTED);
  });

  it('may be answered at once, or fail, as any other', async () => {
    expect(await call((await faultServer(json({ seat: 1 }))).origin, { completeUrl })).toEqual({ seat: 1 });
    expect(await call((await faultServer(answer(204))).origin, { completeUrl })).toBeNull();
    expect(await failureOf(json({}, 503), { completeUrl })).toMatchObject({ code: 'SERVICE_ERROR', retryable: true });
  });

  it('is any call with that address: without it 202 is an answer that has to hold its result', async () => {
    expect(await call((await faultServer(json({ seat: 1 }, 202))).origin)).toEqual({ seat: 1 });
    expect((await failureOf(answer(202))).message).toContain('its answer is not JSON');
  });
});

describe('no result', () => {
  const LARGE = 'x'.repeat(1_048_577);
  it.each<[string, Behaviour, object]>([
    ['its answer is not JSON', answer(200, '<h1>Hello</h1>', { 'content-type': 'text/html' }), { httpStatus: 200 }],
    ['its answer is not JSON', answer(200, ''), { httpStatus: 200 }],
    ['its answer is not JSON', answer(200, '{"a":1'), { httpStatus: 200 }],
    ['its answer is not JSON', answer(200, Buffer.from([0x22, 0xff, 0x22])), { httpStatus: 200 }],
    ['its answer is not JSON', answer(201, gzipSync('{}'), { 'content-encoding': 'gzip' }), { httpStatus: 201 }],
    ['its answer is larger than 1 MB', json(LARGE), {}],
    ['its answer broke off', raw('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{}'), {}],
    ['it could not be reached', reset, {}],
  ])('where %s', async (why, behaviour, more) => {
    const { code, message, retryable, details } = await failureOf(behaviour);
    expect(message).toBe(`Operation refund of service billing failed: ${why}.`);
    expect({ code, retryable, details }).toEqual({
      code: 'SERVICE_ERROR',
      retryable: true,
      details: { ...WHO, ...more },
    });
  });

  it.each([
    ['it could not be reached', async () => `http://127.0.0.1:${await closedPort()}`],
    ['its address may not be called', async () => 'http://127.0.0.2:1234/'],
    ['its address may not be called', async () => 'http://127.0.0.1:1234/#to='],
  ])('where %s', async (why, endpoint) => {
    const error = await errorOf(call(await endpoint()));
    expect(error.message).toBe(`Operation refund of service billing failed: ${why}.`);
    expect(error).toMatchObject({ code: 'SERVICE_ERROR', retryable: true, details: WHO });
  });

  it('where the time is up', async () => {
    const error = await failureOf(hang, { timeoutMs: 60 });
    expect(error.message).toBe('Operation refund of service billing did not end within 60 ms.');
    expect(error).toMatchObject({ code: 'TIMEOUT', retryable: true, details: WHO });
  });

  it('and no error of the service where the fault is ours', async () => {
    const broken = () => Promise.reject(new TypeError('Ours.'));
    await expect(call('https://service.example', { request: broken })).rejects.toThrow(new TypeError('Ours.'));
  });
});

describe('a health check', () => {
  const ping = (endpoint: string) => pingHttpService({ request, endpoint, healthPath: '/health', timeoutMs: 60 });

  it.each([200, 204, 299])('asks below the endpoint, and is content with %i, whatever else is said', async (status) => {
    for (const path of ['/api', '/api/']) {
      const { origin, requests } = await faultServer(answer(status, status === 204 ? '' : 'fine'));
      await ping(`${origin}${path}`);
      expect(requests).toMatchObject([{ method: 'GET', url: '/api/health', body: '' }]);
    }
  });

  it.each([302, 404, 500, 503])('rejects where the answer has status %i', async (status) => {
    const { origin } = await faultServer(answer(status));
    await expect(ping(origin)).rejects.toThrow(`The health check was answered with status ${status}.`);
  });

  it('rejects where no answer comes', async () => {
    for (const behaviour of [hang, reset]) {
      const { origin, requests } = await faultServer(behaviour);
      await expect(ping(origin)).rejects.toThrow();
      expect(requests).toHaveLength(1);
    }
  });
});
