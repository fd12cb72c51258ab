import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import type { OutgoingRequest } from '../../../../functions/shared/platform/outgoing/guarded-request.ts';
import { guardedRequest, RequestFailed } from '../../../../functions/shared/platform/outgoing/guarded-request.ts';
import type { Behaviour, FaultServer } from '../../../support/outgoing/fault-server.ts';
import {
  answer,
  closedPort,
  echo,
  faultServer,
  flood,
  hang,
  json,
  raw,
  reset,
  trickle,
} from '../../../support/outgoing/fault-server.ts';

const MB = 1_048_576;
const send = guardedRequest({ plainHttpHosts: ['127.0.0.1'], refused: [] });

const post = (url: string, more: Partial<OutgoingRequest> = {}) =>
  send({ method: 'POST', url, headers: {}, body: '{}', timeoutMs: 5000, ...more });

async function reasonOf(call: Promise<unknown>): Promise<string> {
  const error = await call.catch((thrown: unknown) => thrown);
  if (!(error instanceof RequestFailed)) throw new Error('The call did not fail as it should.', { cause: error });
  expect(error.message).toMatch(/^[A-Z][^:\d]*( 1 MB)?\.$/);
  return error.reason;
}

const allGone = ({ open }: FaultServer) => vi.waitFor(() => expect(open()).toBe(0));

describe('a call', () => {
  it('sends what it is given, and of its own only what the message needs', async () => {
    const { origin, port } = await faultServer(echo);
    const { status, headers, body } = await post(`${origin}/a/b`, { headers: { 'x-one': '1' }, body: '{"a":"ä"}' });
    expect({ status, type: headers['content-type'] }).toEqual({ status: 200, type: 'application/json' });
    const own = { host: `127.0.0.1:${port}`, connection: 'close', 'user-agent': 'maos', 'accept-encoding': 'identity' };
    expect(JSON.parse(body.toString())).toEqual({
      method: 'POST',
      url: '/a/b',
      headers: { 'x-one': '1', 'content-length': '10', ...own },
      body: '{"a":"ä"}',
    });
  });

  it('may have no body', async () => {
    const { origin, requests } = await faultServer(echo);
    await send({ method: 'GET', url: origin, headers: {}, timeoutMs: 5000 });
    expect(requests[0]).toMatchObject({ method: 'GET', url: '/', body: '' });
    expect(requests[0]?.headers).not.toHaveProperty('content-length');
  });

  it.each([200, 204, 304, 404, 503, 999])('gives an answer with status %i as it is', async (status) => {
    const { origin } = await faultServer(answer(status));
    expect(await post(origin)).toMatchObject({ status, body: Buffer.from('') });
  });

  it.each([301, 302, 303, 307, 308])('does not follow a %i', async (status) => {
    const inside = await faultServer(json({ secret: true }));
    const { origin, accepted } = await faultServer(answer(status, 'there', { location: `${inside.origin}/latest` }));
    expect(await post(origin)).toMatchObject({ status, body: Buffer.from('there') });
    expect({ outside: accepted(), inside: inside.accepted() }).toEqual({ outside: 1, inside: 0 });
  });

  it('does not decompress: a small answer stays small', async () => {
    const bomb = gzipSync(Buffer.alloc(5 * MB));
    const { origin } = await faultServer(answer(200, bomb, { 'content-encoding': 'gzip' }));
    const { body } = await post(origin);
    expect(gunzipSync(body).byteLength).toBe(5 * MB);
  });

  it('leaves no connection behind, however it ends', async () => {
    const servers = await Promise.all(
      [json({}), answer(500), hang, raw('HTTP/1.1 200 OK\r\n\r\nx', 'stay open')].map((one) => faultServer(one)),
    );
    await Promise.allSettled(servers.map(({ origin }) => post(origin, { timeoutMs: 100 })));
    for (const server of servers) {
      expect(server.accepted()).toBe(1);
      await allGone(server);
    }
  });
});

describe('an answer', () => {
  it('may have 1 MB', async () => {
    for (const behaviour of [answer(200, 'x'.repeat(MB)), chunked(MB)]) {
      const { origin } = await faultServer(behaviour);
      expect((await post(origin)).body.byteLength).toBe(MB);
    }
  });

  it('may not have a byte more, said beforehand or not', async () => {
    for (const behaviour of [answer(200, 'x'.repeat(MB + 1)), chunked(MB + 1)]) {
      const server = await faultServer(behaviour);
      expect(await reasonOf(post(server.origin))).toBe('too-large');
      await allGone(server);
    }
  });

  it('that says it is too large is not waited for', async () => {
    const server = await faultServer(raw(`HTTP/1.1 200 OK\r\ncontent-length: ${MB + 1}\r\n\r\n`, 'stay open'));
    expect(await reasonOf(post(server.origin))).toBe('too-large');
    await allGone(server);
  });

  it('without an end is not read further than 1 MB', async () => {
    const written = { bytes: 0 };
    const server = await faultServer(flood(written));
    expect(await reasonOf(post(server.origin))).toBe('too-large');
    await allGone(server);
    // What the system keeps between the two is a matter of its buffers.
    expect(written.bytes).toBeGreaterThan(MB);
    expect(written.bytes).toBeLessThan(30 * MB);
  });

  it.each<[string, Behaviour, string]>([
    ['its whole length, then a reset', raw('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}', 'reset'), '{}'],
    [
      'its last chunk, then a reset',
      raw('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n', 'reset'),
      '{}',
    ],
    ['no content, then a reset', raw('HTTP/1.1 204 No Content\r\n\r\n', 'reset'), ''],
    ['neither length nor chunks, then the end', raw('HTTP/1.0 200 OK\r\n\r\n{}'), '{}'],
    ['more than its length', raw('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}{}'), '{}'],
  ])('with %s is whole', async (_what, behaviour, body) => {
    const { origin } = await faultServer(behaviour);
    expect((await post(origin)).body.toString()).toBe(body);
  });

  it.each<[string, Behaviour]>([
    ['half of its length', raw('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf')],
    ['half of its length, then a reset', raw('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf', 'reset')],
    ['chunks without the last one', raw('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n')],
    ['half a chunk', raw('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\nhalf')],
    ['no chunk', raw('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nhalf', 'stay open')],
    ['no end but a reset', raw('HTTP/1.1 200 OK\r\n\r\nhalf', 'reset')],
    ['its head only', raw('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n')],
  ])('with %s is cut off', async (_what, behaviour) => {
    const { origin, requests } = await faultServer(behaviour);
    expect(await reasonOf(post(origin))).toBe('cut-off');
    expect(requests).toHaveLength(1);
  });
});

describe('a connection', () => {
  it('that is refused brings none', async () => {
    expect(await reasonOf(post(`http://127.0.0.1:${await closedPort()}`))).toBe('connection');
  });

  it.each<[string, Behaviour]>([
    ['is reset at once', reset],
    ['is closed at once', raw('')],
    ['breaks in the head of the answer', raw('HTTP/1.1 200 OK\r\ncontent-')],
    ['speaks no HTTP', raw('SSH-2.0-OpenSSH_9.9\r\n\r\n')],
    [
      'turns to another protocol',
      raw('HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n', 'stay open'),
    ],
    ['has a head without an end', raw(`HTTP/1.1 200 OK\r\nx: ${'x'.repeat(100_000)}`, 'stay open')],
  ])('that %s brings none', async (_what, behaviour) => {
    const { origin, requests } = await faultServer(behaviour);
    expect(await reasonOf(post(origin))).toBe('connection');
    expect(requests).toHaveLength(1);
  });
});

describe('the deadline', () => {
  const TRICKLE = { bytes: 0 };
  it.each<[string, Behaviour, { bytes: number }?]>([
    ['never answers', hang],
    ['answers byte by byte', trickle('HTTP/1.1 200 OK\r\n\r\n', TRICKLE), TRICKLE],
    ['answers the head byte by byte', trickle('HTTP/1.1 200 OK\r\nx: ', TRICKLE), TRICKLE],
    ['says only that it is still there', raw('HTTP/1.1 102 Processing\r\n\r\n', 'stay open')],
    ['does not end', raw('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{}', 'stay open')],
  ])('holds for a service that %s', async (_what, behaviour, written) => {
    const server = await faultServer(behaviour);
    const started = performance.now();
    TRICKLE.bytes = 0;
    expect(await reasonOf(post(server.origin, { timeoutMs: 120 }))).toBe('timeout');
    expect(performance.now() - started).toBeGreaterThan(100);
    expect(performance.now() - started).toBeLessThan(1000);
    expect(server.requests).toHaveLength(1);
    if (written !== undefined) expect(written.bytes).toBeGreaterThan(2);
    await allGone(server);
  });
});

describe('a signal', () => {
  it('that is aborted before lets nothing out', async () => {
    const { origin, accepted } = await faultServer(echo);
    await expect(post(origin, { signal: AbortSignal.abort(new Error('No more.')) })).rejects.toThrow('No more.');
    expect(accepted()).toBe(0);
  });

  it('ends a call in the middle, at once, with its own reason', async () => {
    const server = await faultServer(hang);
    const end = new AbortController();
    const call = post(server.origin, { signal: end.signal }).catch((error: unknown) => error);
    await vi.waitFor(() => expect(server.requests).toHaveLength(1));
    end.abort(new Error('No more.'));
    expect(await call).toEqual(new Error('No more.'));
    await allGone(server);
  });
});

function chunked(bytes: number): Behaviour {
  return (response) => {
    response.write('x');
    response.end('x'.repeat(bytes - 1));
  };
}
