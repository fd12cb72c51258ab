import { setTimeout as sleep } from 'node:timers/promises';
import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { route } from '../../../../functions/contracts/api/route.ts';
import { AppError } from '../../../../functions/shared/kernel/errors.ts';
import type { DataAnswer } from '../../../../functions/shared/platform/http/answer.ts';
import { dynamoIdempotency } from '../../../../functions/shared/platform/http/dynamo-idempotency.ts';
import { endpoint, httpPipeline } from '../../../../functions/shared/platform/http/http-pipeline.ts';
import type { ApiCall } from '../../../support/api/api-calls.ts';
import { apiCaller } from '../../../support/api/api-calls.ts';
import { memoryTable } from '../../../support/log/memory-table.ts';
import { captureLogLines } from '../../../support/log-lines.ts';

const base = { summary: '', errors: [], scope: 'write', answer: { status: 201, data: z.unknown() } } as const;
const body = z.strictObject({ name: z.string(), size: z.int().default(1), deep: z.json().optional() });
const contracts = {
  create: route({ ...base, id: 'create', method: 'POST', path: '/things', body, idempotent: true }),
  other: route({ ...base, id: 'other', method: 'POST', path: '/others', body, idempotent: true }),
  copy: route({
    ...base,
    id: 'copy',
    method: 'POST',
    path: '/things/{thingId}/copies',
    params: z.strictObject({ thingId: z.string() }),
    query: z.strictObject({ color: z.string().optional() }),
    headers: z.object({ 'x-size': z.string().optional() }),
    bytes: { max: 10 },
    idempotent: true,
  }),
  act: route({ ...base, id: 'act', method: 'POST', path: '/things/act', body }),
  read: route({ ...base, id: 'read', method: 'GET', path: '/things', scope: 'read' }),
};

interface Made {
  commandId: string;
  newId: (prefix: 'task' | 'agent') => string;
}
/** What the rows do, and how often they did. */
const serve = vi.fn<(request: Made) => Promise<DataAnswer>>();
/** The ids of all that was made, in order. */
const made: unknown[] = [];
const creating = async ({ commandId, newId }: Made): Promise<DataAnswer> => {
  const data = { commandId, ids: [newId('task'), newId('task'), newId('agent')] };
  made.push(data);
  return { kind: 'data', data };
};

const table = memoryTable();
const logs = captureLogLines();
const handler = httpPipeline(
  Object.values(contracts).map((contract) => endpoint(contract, serve)),
  { idempotency: dynamoIdempotency('Idempotency') },
);

/** Who calls, under which request id, and for how long the function may run. */
interface Call extends ApiCall {
  keyId?: string;
  requestId?: string;
}
function call({ keyId = 'key_1', requestId = 'req-1', remainingMs = 28_000, ...rest }: Call) {
  const end = Date.now() + remainingMs;
  const context = { getRemainingTimeInMillis: () => end - Date.now() } as Context;
  const asGateway = ({ requestContext, ...event }: APIGatewayProxyEvent) => {
    const { authorizer } = requestContext;
    return handler(
      { ...event, requestContext: { ...requestContext, requestId, authorizer: { ...authorizer, keyId } } },
      context,
    );
  };
  return apiCaller(asGateway)(rest);
}
const create = (key: string, more: Partial<Call> = {}) =>
  call({ method: 'POST', path: '/things', body: { name: 'n' }, headers: { 'Idempotency-Key': key }, ...more });

beforeEach(() => {
  serve.mockReset().mockImplementation(creating);
  table.items.clear();
  table.mock.resetHistory();
  made.length = 0;
});
afterEach(() => {
  vi.useRealTimers();
});

const refusal = ({ status, json }: Awaited<ReturnType<typeof call>>) => [status, json.error.code];

describe('the same key and request', () => {
  it('gives the first answer again and does nothing more; the envelope is of the new call', async () => {
    const first = await create('k', { requestId: 'req-1' });
    const second = await create('k', { requestId: 'req-2' });
    expect([first.status, first.json.id]).toEqual([201, 'req-1']);
    expect([second.status, second.json.id, second.headers['x-request-id']]).toEqual([201, 'req-2', 'req-2']);
    expect(second.json.data).toEqual(first.json.data);
    expect(serve).toHaveBeenCalledTimes(1);
  });

  it('gives the status and headers that the first answer chose', async () => {
    serve.mockResolvedValueOnce({ kind: 'data', status: 202, headers: { location: '/x' }, data: null });
    for (const { status, headers, json } of [await create('k'), await create('k')]) {
      expect([status, headers.location, json.data]).toEqual([202, '/x', null]);
    }
  });

  it.each([['"k"'], ['k']])('may be written with quotes or without: %s', async (key) => {
    await create('k');
    expect((await create(key)).status).toBe(201);
    expect(serve).toHaveBeenCalledTimes(1);
  });

  it.each(['Idempotency-Key', 'idempotency-key', 'IDEMPOTENCY-KEY'])('may be in a header spelt %s', async (name) => {
    await create('k');
    await create('k', { headers: { [name]: 'k' } });
    expect(serve).toHaveBeenCalledTimes(1);
  });

  it('is the same JSON however it is written, and in base64', async () => {
    await create('k', { body: { name: 'n', size: 10, deep: { b: [1, { d: 0, c: 0 }], a: {} } } });
    const otherwise = ' {"deep":{"a":{},"b":[1,{"c":0,"d":0}]},\n"size":1e1, "name":"\\u006e"}';
    for (const base64 of [true, false]) expect((await create('k', { body: otherwise, base64 })).status).toBe(201);
    expect(serve).toHaveBeenCalledTimes(1);
  });

  it('gives data back that is nested deeper than DynamoDB’s own types go', async () => {
    const nested = JSON.parse(`${'[{"a":'.repeat(40)}1${'}]'.repeat(40)}`);
    serve.mockResolvedValueOnce({ kind: 'data', data: nested });
    await create('k');
    expect((await create('k')).json.data).toEqual(nested);
  });
});

describe('the same key and another request', () => {
  const copy = (more: Partial<Call> = {}) => create('k', { path: '/things/1/copies', body: 'bytes', ...more });

  it.each([
    ['field', { name: 'n' }, { name: 'N' }],
    ['type', { name: 'n', deep: 1 }, { name: 'n', deep: '1' }],
    ['order in a list', { name: 'n', deep: [1, 2] }, { name: 'n', deep: [2, 1] }],
    ['spelling of a name', { name: 'n', deep: { a: 1 } }, { name: 'n', deep: { A: 1 } }],
    ['field that stands for its default', { name: 'n' }, { name: 'n', size: 1 }],
  ])('is refused where another %s stands in the body', async (_what, first, second) => {
    await create('k', { body: first });
    expect(refusal(await create('k', { body: second }))).toEqual([422, 'IDEMPOTENCY_MISMATCH']);
    expect(serve).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['path', { path: '/things/2/copies' }],
    ['query', { query: { color: 'red' } }],
    ['content', { body: 'other' }],
    ['header that the row names', { headers: { 'Idempotency-Key': 'k', 'X-Size': '1' } }],
  ])('is refused where the %s is another', async (_what, more) => {
    await copy();
    expect(refusal(await copy(more))).toEqual([422, 'IDEMPOTENCY_MISMATCH']);
  });

  it('is the same where only headers differ that the row does not name', async () => {
    await copy();
    expect((await copy({ headers: { 'Idempotency-Key': 'k', 'x-other': '1' } })).status).toBe(201);
  });

  it('leaves the first answer as it is', async () => {
    const { json } = await create('k');
    await create('k', { body: { name: 'other' } });
    expect((await create('k')).json.data).toEqual(json.data);
  });
});

describe('a key', () => {
  it('belongs to its owner and to its route', async () => {
    const answers = [await create('k'), await create('k', { keyId: 'key_2' }), await create('k', { path: '/others' })];
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(new Set(answers.map(({ json }) => JSON.stringify(json.data))).size).toBe(3);
  });

  it.each(['a', '!~', 'x'.repeat(255), `"${'x'.repeat(255)}"`, 'a"b', '"a"b"'])('may be %s', async (key) => {
    expect((await create(key)).status).toBe(201);
  });

  it.each(['', '"', '""', '"a', 'a b', ' ', 'a\tb', 'ä', '\u007f', 'x'.repeat(256), `"${'x'.repeat(256)}"`, '" "'])(
    'may not be %j',
    async (key) => {
      const { status, json } = await create(key);
      const message = 'must be 1 to 255 visible ASCII characters';
      expect([status, json.error.details]).toEqual([400, [{ path: 'idempotency-key', message }]]);
      expect(serve).not.toHaveBeenCalled();
    },
  );

  it('may be given once only', async () => {
    const twice = apiCaller((event: APIGatewayProxyEvent, context: Context) =>
      handler({ ...event, multiValueHeaders: { 'Idempotency-Key': ['a', 'b'], accept: ['x', 'y'] } }, context),
    );
    const { json } = await twice({
      method: 'POST',
      path: '/things',
      body: { name: 'n' },
      headers: { 'Idempotency-Key': 'b' },
    });
    expect(json.error.details).toEqual([{ path: 'idempotency-key', message: 'is given more than once' }]);
  });

  it('that is malformed is named beside the other faults', async () => {
    const { json } = await create('', { body: { name: 1 } });
    expect(json.error.details?.map(({ path }) => path)).toEqual(['name', 'idempotency-key']);
  });

  it.each([
    ['POST', '/things/act', { name: 'n' }],
    ['GET', '/things', undefined],
  ])('is refused by a row that does not keep it: %s %s', async (method, path, given) => {
    const { status, json } = await create('k', { method, path, body: given });
    const message = 'is not taken by this call';
    expect([status, json.error.details]).toEqual([400, [{ path: 'idempotency-key', message }]]);
  });

  it('holds for 24 hours, whenever the table deletes its item', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-08-19T10:11:12Z') });
    await create('k');
    vi.setSystemTime(new Date('2026-08-20T10:11:11Z'));
    await create('k');
    expect(serve).toHaveBeenCalledTimes(1);
    vi.setSystemTime(new Date('2026-08-20T10:11:14Z'));
    expect((await create('k', { body: { name: 'other' } })).status).toBe(201);
    expect(serve).toHaveBeenCalledTimes(2);
  });

  it('is not kept, nor is the request: hashes are, and the answer’s data', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-08-19T10:11:12Z') });
    serve.mockResolvedValueOnce({ kind: 'data', data: 'done' });
    await create('my-key', { body: { name: 'my-name' } });
    const [item] = table.items.values();
    expect(item).toEqual({
      id: expect.stringMatching(/^http#[\w+/]{43}=$/),
      status: 'COMPLETED',
      payloadHash: expect.stringMatching(/^[\w+/]{43}=$/),
      runningUntil: Date.parse('2026-08-19T10:11:40Z'),
      expiresAt: Date.parse('2026-08-20T10:11:12Z') / 1000,
      answer: '{"kind":"data","data":"done"}',
    });
  });
});

describe('while the first call runs', () => {
  it('the same is refused for a moment, and another request for good', async () => {
    const { promise, resolve } = Promise.withResolvers<DataAnswer>();
    serve.mockReturnValueOnce(promise);
    const first = create('k');
    await vi.waitFor(() => expect(serve).toHaveBeenCalled());
    const { status, json } = await create('k');
    expect([status, json.error.code]).toEqual([409, 'CONFLICT']);
    expect(json.error.message).toMatch(/still running; try again/);
    expect(refusal(await create('k', { body: { name: 'other' } }))).toEqual([422, 'IDEMPOTENCY_MISMATCH']);
    resolve({ kind: 'data', data: 'first' });
    expect((await first).json.data).toBe('first');
    expect((await create('k')).json.data).toBe('first');
    expect(serve).toHaveBeenCalledTimes(1);
  });

  it('of many at once one does the work', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => create('k')));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(19).fill(409)]);
    expect(serve).toHaveBeenCalledTimes(1);
  });
});

describe('an error', () => {
  it.each([
    ['a refusal', new AppError('NOT_FOUND', 'Not there.'), 404],
    ['a fault of ours', new TypeError('x of undefined'), 500],
  ])('is not kept: after %s the same key may be tried again, with any request', async (_what, error, status) => {
    serve.mockRejectedValueOnce(error);
    expect((await create('k')).status).toBe(status);
    expect(table.items.size).toBe(0);
    expect((await create('k', { body: { name: 'mended' } })).status).toBe(201);
  });

  it('in the request itself takes no key', async () => {
    expect((await create('k', { body: {} })).status).toBe(400);
    expect((await create('k')).status).toBe(201);
  });

  it('of the table ends the call before it does anything', async () => {
    table.failNext('put');
    expect(refusal(await create('k'))).toEqual([500, 'INTERNAL_ERROR']);
    expect(serve).not.toHaveBeenCalled();
    expect(logs.text()).toContain('slow down');
  });
});

describe('a call that does not live to its end', () => {
  /** The function hangs and is cut off; `wake` is what it would have done. */
  async function hanging(remainingMs: number) {
    const { promise, resolve, reject } = Promise.withResolvers<DataAnswer>();
    serve.mockImplementationOnce(async (request) => {
      await creating(request);
      return promise;
    });
    const end = Date.now() + remainingMs;
    expect(refusal(await create('k', { requestId: 'req-1', remainingMs }))).toEqual([504, 'TIMEOUT']);
    return { resolve, reject, overAt: () => sleep(Math.max(0, end - Date.now()) + 20) };
  }

  it('holds its key until Lambda has ended it, and no longer; the next one has the same ids', async () => {
    const { overAt } = await hanging(300);
    expect(refusal(await create('k'))).toEqual([409, 'CONFLICT']);
    await overAt();
    expect((await create('k', { requestId: 'req-2' })).status).toBe(201);
    expect(made).toEqual([made[0], made[0]]);
  });

  it.each(['resolve', 'reject'] as const)(
    'records nothing when it wakes later, so that the next one’s answer stands (%s)',
    async (ends) => {
      const { resolve, reject, overAt } = await hanging(250);
      await overAt();
      const { json } = await create('k');
      table.mock.resetHistory();
      if (ends === 'resolve') resolve({ kind: 'data', data: 'late' });
      else reject(new Error('late'));
      await sleep(20);
      expect(table.mock.calls()).toEqual([]);
      expect((await create('k')).json.data).toEqual(json.data);
    },
  );

  it('also where its answer could not be recorded, meets what it did', async () => {
    table.failNext('update');
    expect(refusal(await create('k', { remainingMs: 300 }))).toEqual([500, 'INTERNAL_ERROR']);
    await sleep(320);
    expect((await create('k')).status).toBe(201);
    expect(made).toEqual([made[0], made[0]]);
  });
});

describe('the ids of a request', () => {
  it('are its own without a key', async () => {
    const one = (await call({ method: 'POST', path: '/things', body: { name: 'n' }, requestId: 'req-1' })).json.data;
    const two = (await call({ method: 'POST', path: '/things', body: { name: 'n' }, requestId: 'req-2' })).json.data;
    expect([one, two]).toMatchObject([{ commandId: 'req-1' }, { commandId: 'req-2' }]);
    expect((one as { ids: string[] }).ids).not.toEqual((two as { ids: string[] }).ids);
    expect(table.mock.calls()).toEqual([]);
  });

  it('follow from owner, route, key and request, and each is another', async () => {
    const calls: Partial<Call>[] = [
      {},
      { keyId: 'key_2' },
      { path: '/others' },
      { headers: { 'Idempotency-Key': 'k2' } },
      { body: { name: 'm' } },
    ];
    const seen: string[] = [];
    for (const more of calls) {
      table.items.clear();
      const { commandId, ids } = (await create('k', more)).json.data as { commandId: string; ids: string[] };
      expect(commandId).toMatch(/^idem_[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
      expect(ids).toEqual(['task_', 'task_', 'agent_'].map((prefix) => expect.stringContaining(prefix)));
      seen.push(commandId, ...ids);
    }
    expect(new Set(seen.map((id) => id.split('_')[1])).size).toBe(4 * calls.length);
  });
});

it('a pipeline that would take keys without keeping them does not start', () => {
  expect(() => httpPipeline([endpoint(contracts.create, serve)])).toThrow(/^create takes an Idempotency-Key, .*\.$/);
});
