import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../functions/shared/kernel/errors.ts';
import { REQUEST_ID } from '../../../support/api/api-calls.ts';
import { callThings, createThing, failure } from '../../../support/api/thing-api.ts';
import { captureLogLines } from '../../../support/log-lines.ts';

const logs = captureLogLines();
const TIMESTAMP = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

describe('an answer', () => {
  it('is the envelope, with the status of its contract', async () => {
    const { status, headers, json } = await createThing({ name: 'n' });
    expect(status).toBe(201);
    expect(json).toEqual({
      id: REQUEST_ID,
      status: 'success',
      data: {
        requestId: REQUEST_ID,
        correlationId: headers['x-correlation-id'],
        now: TIMESTAMP,
        caller: { keyId: 'key_1', scopes: ['read', 'write'] },
        body: { name: 'n', requirements: [] },
      },
      metadata: { responseTime: expect.any(Number), attempt: 1, timestamp: TIMESTAMP },
    });
  });

  it('is never kept, guessed at or sent in the clear, and says which request it answers', async () => {
    expect((await createThing({ name: 'n' })).headers).toEqual({
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'strict-transport-security': 'max-age=31536000',
      'x-request-id': REQUEST_ID,
      'x-correlation-id': expect.stringMatching(/^corr_/),
    });
  });

  it('may choose its own status and headers', async () => {
    const { status, headers } = await callThings({ path: '/open' });
    expect([status, headers.etag]).toEqual([202, '1']);
  });

  it('comes before Lambda would end the work, and says that it took too long', async () => {
    const { status, json } = await callThings({ path: '/hanging', remainingMs: 250 });
    expect([status, json.error.code, json.id]).toEqual([504, 'TIMEOUT', REQUEST_ID]);
  });

  it('of an error is the envelope, too', async () => {
    const { json, headers } = await callThings({ path: '/nowhere' });
    expect(json).toEqual({
      id: REQUEST_ID,
      status: 'error',
      error: {
        code: 'NOT_FOUND',
        message: 'There is nothing at this address.',
        attempts: 1,
        responseTime: expect.any(Number),
      },
      metadata: { responseTime: expect.any(Number), attempt: 1, timestamp: TIMESTAMP },
    });
    expect(headers).toMatchObject({ 'x-request-id': REQUEST_ID, 'cache-control': 'no-store' });
  });
});

describe('an error that the work ends with', () => {
  it.each([
    ['VALIDATION_ERROR', 400],
    ['UNAUTHORIZED', 401],
    ['FORBIDDEN', 403],
    ['NOT_FOUND', 404],
    ['CONFLICT', 409],
    ['PAYLOAD_TOO_LARGE', 413],
    ['UNSUPPORTED_MEDIA_TYPE', 415],
    ['IDEMPOTENCY_MISMATCH', 422],
    ['INTERNAL_ERROR', 500],
  ] as const)('with the code %s is answered with %i', async (code, expected) => {
    failure.error = new AppError(code, 'It is so.');
    const { status, json } = await callThings({ path: '/broken' });
    expect([status, json.error.code, json.error.message]).toEqual([expected, code, 'It is so.']);
    expect(logs.lines()).toEqual([]);
    const [told] = logs.metrics();
    expect(told).toMatchObject({ duration: expect.any(Number), ...(expected < 500 ? {} : { error: 1 }) });
    expect('error' in (told ?? {})).toBe(expected >= 500);
  });

  it.each([
    ['an error of ours that is not for callers', new AppError('NO_AGENT', 'secret agents')],
    ['an unexpected error', new TypeError('secret of undefined')],
    ['an error that only looks like one', Object.assign(new Error('secret'), { code: 'CONFLICT', statusCode: 409 })],
    ['a text', 'secret text'],
    ['nothing', undefined],
  ])('is answered without a word of it where it is %s, and logged whole', async (_what, error) => {
    failure.error = error;
    const { status, json, bytes } = await callThings({ path: '/broken', headers: { 'x-correlation-id': 'mine' } });
    expect([status, json.error.code, json.error.message]).toEqual([
      500,
      'INTERNAL_ERROR',
      'Something went wrong on our side.',
    ]);
    expect(bytes.toString()).not.toMatch(/secret|stack|\.ts/);
    expect(logs.lines()).toEqual([
      expect.objectContaining({
        level: 'ERROR',
        message: 'Unhandled error',
        requestId: REQUEST_ID,
        correlationId: 'mine',
        error: expect.objectContaining({ stack: expect.any(String) }),
      }),
    ]);
    expect(logs.text()).toContain(error === undefined ? 'undefined' : 'secret');
  });
});

describe('the correlation id', () => {
  it.each(['a', 'abc.DEF_1-2', 'x'.repeat(128)])('is the one that the caller gives: %s', async (given) => {
    for (const name of ['x-correlation-id', 'X-Correlation-Id', 'X-CORRELATION-ID']) {
      const { headers, json } = await createThing({ name: 'n' }, { headers: { [name]: given } });
      expect(headers['x-correlation-id']).toBe(given);
      expect(json.data).toMatchObject({ correlationId: given });
    }
  });

  it.each(['', 'a b', 'x'.repeat(129), 'ä', 'a\nb', 'a,b', '../x', '<x>'])(
    'is a new one instead of "%s"',
    async (given) => {
      const { headers, json } = await createThing({ name: 'n' }, { headers: { 'x-correlation-id': given } });
      expect(headers['x-correlation-id']).toMatch(/^corr_[0-9A-Z]{26}$/);
      expect(json.data).toMatchObject({ correlationId: headers['x-correlation-id'] });
    },
  );

  it('is on refusals, too', async () => {
    const { status, headers } = await createThing({}, { headers: { 'x-correlation-id': 'mine' } });
    expect([status, headers['x-correlation-id']]).toEqual([400, 'mine']);
  });

  it('is another one for each request that brings none', async () => {
    const [a, b] = [await callThings({ path: '/open' }), await callThings({ path: '/open' })];
    expect(a.headers['x-correlation-id']).not.toBe(b.headers['x-correlation-id']);
  });
});

describe('who may call', () => {
  it('is nobody without an authorizer, save on open rows', async () => {
    for (const [path, expected] of [
      ['/things', 401],
      ['/open', 202],
    ] as const)
      expect((await callThings({ path, scopes: null })).status).toBe(expected);
  });

  it.each(['', 'write', 'admin,agent', 'READ', 'reader', 'read write'])(
    'is not the scopes "%s" for a row that reads',
    async (scopes) => {
      const { status, json } = await callThings({ path: '/things', scopes });
      expect([status, json.error.code]).toEqual([403, 'FORBIDDEN']);
      expect(json.error.message).toContain('"read"');
    },
  );

  it('is decided before anything of the request is looked at', async () => {
    const { json } = await createThing('not json', { scopes: 'read', headers: { 'Content-Type': 'text/plain' } });
    expect(json.error.code).toBe('FORBIDDEN');
  });

  it('is told without the scopes that nobody has', async () => {
    const { json } = await createThing({ name: 'n' }, { scopes: 'write,superuser,read,read' });
    expect(json.data).toMatchObject({ caller: { keyId: 'key_1', scopes: ['read', 'write'] } });
  });

  it('is unknown to open rows', async () => {
    expect((await callThings({ path: '/open' })).json.data).toEqual({});
  });
});
