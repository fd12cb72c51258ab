import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { route } from '../../../../functions/contracts/api/route.ts';
import { endpoint, httpPipeline } from '../../../../functions/shared/platform/http/http-pipeline.ts';
import type { ApiCall } from '../../../support/api/api-calls.ts';
import { apiCaller } from '../../../support/api/api-calls.ts';

const base = {
  summary: '',
  errors: [],
  scope: 'write',
  method: 'PUT',
  answer: { status: 200, data: z.unknown() },
} as const;
const size = z.string().regex(/^\d+$/, 'must be a number of bytes').transform(Number);
const contracts = {
  bytes: route({ ...base, id: 'bytes', path: '/bytes', bytes: { max: 1000 } }),
  headers: route({
    ...base,
    id: 'headers',
    path: '/headers',
    headers: z.strictObject({ 'x-file-size': size.optional(), 'x-file-sha256': z.string().optional() }),
  }),
  optional: route({
    ...base,
    id: 'optional',
    path: '/optional',
    body: z.strictObject({ reason: z.string().optional() }),
  }),
  none: route({ ...base, id: 'none', path: '/none' }),
};
let bytes: Uint8Array | undefined;
const handler = httpPipeline([
  endpoint(contracts.bytes, async (request) => {
    bytes = request.bytes;
    return { kind: 'data', data: null };
  }),
  endpoint(contracts.headers, async ({ headers }) => ({ kind: 'data', data: headers })),
  endpoint(contracts.optional, async ({ body }) => ({ kind: 'data', data: body })),
  endpoint(contracts.none, async (request) => ({
    kind: 'data',
    data: { bytes: request.bytes, headers: request.headers },
  })),
]);
const put = (path: string, more: Partial<ApiCall> = {}) => apiCaller(handler)({ method: 'PUT', path, ...more });
const faultsOf = ({ status, json }: Awaited<ReturnType<typeof put>>) => [status, json.error.details];

describe('a body of bytes', () => {
  it.each([
    ['in base64', true],
    ['plain', false],
  ])('arrives as it was sent, %s', async (_what, base64) => {
    await put('/bytes', { body: '{"not": JSON} \u0000 ü', base64 });
    expect(Buffer.from(bytes ?? []).toString()).toBe('{"not": JSON} \u0000 ü');
  });

  it('arrives byte for byte', async () => {
    const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const asGateway = (event: APIGatewayProxyEvent, context: Context) =>
      handler({ ...event, body: all.toString('base64'), isBase64Encoded: true }, context);
    await apiCaller(asGateway)({ method: 'PUT', path: '/bytes' });
    expect(Buffer.from(bytes ?? []).equals(all)).toBe(true);
  });

  it('may be empty, or not there', async () => {
    for (const body of ['', undefined]) {
      expect((await put('/bytes', { body })).status).toBe(200);
      expect(bytes?.byteLength).toBe(0);
    }
  });

  it.each(['application/octet-stream', 'text/plain', 'image/png', ''])('may be called anything: "%s"', async (type) => {
    expect((await put('/bytes', { body: 'x', headers: { 'Content-Type': type } })).status).toBe(200);
  });

  it.each([true, false])('may be as long as the row says and not a byte longer (base64: %s)', async (base64) => {
    expect((await put('/bytes', { body: 'ü'.repeat(500), base64 })).status).toBe(200);
    const { status, json } = await put('/bytes', { body: `${'ü'.repeat(500)}x`, base64 });
    expect([status, json.error.code, json.error.message]).toEqual([
      413,
      'PAYLOAD_TOO_LARGE',
      'The body is larger than 1000 bytes.',
    ]);
  });

  it('is refused for its length before anything else of the request is looked at', async () => {
    const { status } = await put('/bytes', { body: 'x'.repeat(1001), query: { odd: '1' } });
    expect(status).toBe(413);
  });
});

describe('the headers that a row names', () => {
  it.each(['x-file-size', 'X-File-Size'])('arrive by their names in lower case, parsed: %s', async (name) => {
    const { json } = await put('/headers', { headers: { [name]: '12', Accept: '*/*' } });
    expect(json.data).toEqual({ 'x-file-size': 12 });
  });

  it('are named where they are wrong', async () => {
    const { status, json } = await put('/headers', { headers: { 'X-File-Size': '1e3' } });
    expect([status, json.error.details]).toEqual([
      400,
      [{ path: 'x-file-size', message: 'must be a number of bytes' }],
    ]);
  });

  it('may be given once only; others as often as they like', async () => {
    const asGateway = (event: APIGatewayProxyEvent, context: Context) =>
      handler({ ...event, multiValueHeaders: { 'X-File-Size': ['1', '2'], accept: ['a', 'b'] } }, context);
    const answer = await apiCaller(asGateway)({ method: 'PUT', path: '/headers', headers: { 'X-File-Size': '2' } });
    expect(faultsOf(answer)).toEqual([400, [{ path: 'x-file-size', message: 'is given more than once' }]]);
  });

  it('are not there for rows that name none', async () => {
    expect((await put('/none', { headers: { 'x-file-size': '1' }, body: 'x' })).json.data).toEqual({});
  });
});

describe('a JSON body in which nothing is required', () => {
  it.each([undefined, ''])('may be left out, whatever it would have been called (%j)', async (body) => {
    expect((await put('/optional', { body, headers: { 'Content-Type': 'text/plain' } })).json.data).toEqual({});
  });

  it('is checked where it is there', async () => {
    expect((await put('/optional', { body: { reason: 'x' } })).json.data).toEqual({ reason: 'x' });
    expect(faultsOf(await put('/optional', { body: { odd: 1 } }))).toEqual([
      400,
      [{ path: 'odd', message: 'is not known here' }],
    ]);
    expect((await put('/optional', { body: ' ' })).status).toBe(400);
  });
});
