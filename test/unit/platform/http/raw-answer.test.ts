import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { route } from '../../../../functions/contracts/api/route.ts';
import { NO_CONTENT } from '../../../../functions/shared/platform/http/answer.ts';
import { endpoint, httpPipeline } from '../../../../functions/shared/platform/http/http-pipeline.ts';
import { apiCaller } from '../../../support/api/api-calls.ts';
import { DRILL, runs } from '../../../support/seeds.ts';

const contract = route({
  id: 'raw',
  method: 'GET',
  path: '/raw',
  summary: '',
  scope: null,
  answer: { status: 200, raw: 'application/octet-stream', also: { status: 303, data: z.unknown() } },
  errors: [],
});
const answering = (body: Uint8Array | string) =>
  apiCaller(
    httpPipeline([endpoint(contract, async () => ({ kind: 'raw', status: 203, headers: { 'x-own': '1' }, body }))]),
  )({ path: '/raw' });

describe('an answer that is not the envelope', () => {
  it('arrives byte for byte, whatever the bytes', DRILL, () =>
    fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (body) => {
        expect((await answering(body)).bytes.equals(Buffer.from(body))).toBe(true);
      }),
      { numRuns: runs() },
    ),
  );

  it.each([
    ['text', 'Ж 日本 🦊 \ufeff'],
    ['nothing', ''],
    ['a text that JSON makes six times as long', '\u0001'.repeat(4 * 1024 * 1024)],
  ])('arrives where it is %s', async (_what, body) => {
    expect((await answering(body)).bytes.toString()).toBe(body);
  });

  it('has a status and headers of its own, beside those of every answer', async () => {
    const { status, headers } = await answering('x');
    expect([status, headers['x-own'], headers['x-content-type-options']]).toEqual([203, '1', 'nosniff']);
    expect(headers).not.toHaveProperty('content-type');
  });
});

describe('a 204', () => {
  it.each([
    ['as a contract means it', NO_CONTENT],
    [
      'whatever its maker puts into it',
      { ...NO_CONTENT, headers: { 'Content-Type': 'text/plain', 'x-own': '1' }, body: 'x' },
    ],
  ])('has no body and no type of one, %s', async (_what, answer) => {
    const call = apiCaller(httpPipeline([endpoint(contract, async () => answer)]));
    const { status, headers, bytes } = await call({ path: '/raw' });
    expect([status, bytes.byteLength]).toEqual([204, 0]);
    expect(Object.keys(headers).filter((name) => /^content-type$/i.test(name))).toEqual([]);
    expect(headers).toMatchObject({
      ...(answer.headers['x-own'] && { 'x-own': '1' }),
      'x-request-id': expect.any(String),
    });
  });
});
