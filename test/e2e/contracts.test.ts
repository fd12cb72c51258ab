import { describe, expect, it } from 'vitest';
import type { ContractTestResult, ServiceContract } from '../../functions/contracts/service-contract.ts';
import { ApiClient, dataOf, expectRefusal, jsonOf } from '../support/cloud/api-client.ts';
import { breakerOf } from '../support/cloud/breaker.ts';
import { cloud } from '../support/cloud/cloud.ts';
import { testService } from '../support/cloud/test-service.ts';
import type { Behaviour, Received } from '../support/outgoing/fault-server.ts';
import { echo, json } from '../support/outgoing/fault-server.ts';

const api = new ApiClient(cloud.apiKey);

const object = (properties: object, required: string[] = Object.keys(properties)) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const CONTRACT: ServiceContract = {
  version: '1.0.0',
  operations: [
    {
      name: 'price',
      input: object({ seats: { type: 'integer', minimum: 1, maximum: 9 } }),
      output: object({ amount: { type: 'number' }, currency: { enum: ['EUR', 'USD'] } }),
      errors: [{ code: 'SOLD_OUT' }],
    },
  ],
};

/** A service that sells seats. Each flaw breaks its contract in one way. */
function seller(flaw?: 'output' | 'error' | 'input'): Behaviour {
  return (response, request) => {
    const { status = 200, body } = sale(request, flaw);
    json(body, status)(response, request);
  };
}

function sale({ body }: Received, flaw: string | undefined): { status?: number; body: object } {
  const payload = JSON.parse(body) as { seats?: unknown };
  const seats = seatsIn(payload, flaw === 'input' ? 10 : 9);
  if (seats === undefined) return { status: 400, body: { code: 'BAD', message: 'No.' } };
  if (seats === 9) return { status: 409, body: { code: flaw === 'error' ? 'NO_IDEA' : 'SOLD_OUT', message: 'Gone.' } };
  return { body: { amount: seats * 10, currency: flaw === 'output' && seats === 1 ? 'DM' : 'EUR' } };
}

function seatsIn({ seats, ...others }: { seats?: unknown }, most: number): number | undefined {
  if (Object.keys(others).length > 0 || typeof seats !== 'number' || !Number.isInteger(seats)) return undefined;
  return seats >= 1 && seats <= most ? seats : undefined;
}

async function tested(name: string): Promise<ContractTestResult> {
  const reply = await api.post(`/services/${name}/contract/test`, {});
  expect(reply.status).toBe(200);
  return dataOf<ContractTestResult>(reply);
}

const failed = ({ operations }: ContractTestResult) =>
  operations.flatMap(({ testCases }) => testCases.filter(({ passed }) => !passed));

describe('the contract of a service', () => {
  it('is stored, read, and broken only by the next major version', async () => {
    const { name } = await testService(api, echo);
    const path = `/services/${name}/contract`;
    expectRefusal(await api.call(path), 404, 'NOT_FOUND');
    expectRefusal(await api.post(`${path}/test`, {}), 404, 'NOT_FOUND');
    expect(dataOf(await api.put(path, CONTRACT))).toEqual(CONTRACT);
    expect(await api.data(path)).toEqual(CONTRACT);

    const [price] = CONTRACT.operations;
    const broken = {
      version: '1.1.0',
      operations: [
        {
          ...price,
          input: object({ seats: { type: 'integer' }, row: { type: 'string' } }),
          output: object({ amount: { type: 'number' } }),
        },
      ],
    };
    const reply = await api.put(path, broken);
    const { error } = jsonOf(reply) as { error: { code: string; details: { path: string; message: string }[] } };
    expect([reply.status, error.code]).toEqual([409, 'CONFLICT']);
    expect(error.details.length).toBeGreaterThanOrEqual(2);
    expect(JSON.stringify(error.details)).toMatch(/row/);
    expect(JSON.stringify(error.details)).toMatch(/currency/);
    expect(await api.data(path)).toEqual(CONTRACT);
    expect((await api.put(path, { ...broken, version: '2.0.0' })).status).toBe(200);
  });

  it.each([
    ['a draft that is not 2020-12', { $schema: 'http://json-schema.org/draft-07/schema#' }, /^operations\.0\.input/],
    ['a catastrophic pattern', { properties: { a: { type: 'string', pattern: '^(a+)+$' } } }, /pattern/],
    ['a remote reference', { $ref: 'https://example.com/schema' }, /\$ref/],
    ['no schema', { type: 'colour' }, /^operations\.0\.input/],
    ['too large a schema', { description: 'x'.repeat(33 * 1024) }, /^operations\.0\.input/],
  ])('holds no schema of %s', async (_, input, where) => {
    const { name } = await testService(api, echo);
    const [price] = CONTRACT.operations;
    const reply = await api.put(`/services/${name}/contract`, { ...CONTRACT, operations: [{ ...price, input }] });
    const { error } = jsonOf(reply) as { error: { code: string; details: { path: string }[] } };
    expect([reply.status, error.code]).toEqual([400, 'VALIDATION_ERROR']);
    expect(error.details.map(({ path }) => path).join()).toMatch(where);
  });
});

describe('a contract test', () => {
  it('passes a service that keeps its contract, and tells it that nothing is meant', async () => {
    const service = await testService(api, seller());
    await api.put(`/services/${service.name}/contract`, CONTRACT);
    const result = await tested(service.name);
    expect(failed(result)).toEqual([]);
    expect(result).toMatchObject({ service: service.name, version: '1.0.0', passed: true });
    expect(service.requests.length).toBeGreaterThan(4);
    expect(service.requests.length).toBeLessThanOrEqual(50);
    for (const { headers } of service.requests) expect(headers['x-maos-contract-test']).toBe('true');
  });

  it.each([
    ['output', /does not match/i],
    ['error', /NO_IDEA/],
    ['input', /accepted/i],
  ] as const)('finds a service out that breaks its %s, and says so; the breaker hears nothing', async (flaw, why) => {
    const service = await testService(api, seller(flaw), { breaker: { failureThreshold: 1 } });
    await api.put(`/services/${service.name}/contract`, CONTRACT);
    const result = await tested(service.name);
    expect(result.passed).toBe(false);
    expect(failed(result)).toHaveLength(1);
    expect(failed(result)[0]?.error).toMatch(why);
    expect(await breakerOf(api, service.name)).toMatchObject({ state: 'closed', failures: 0 });
    service.behave(seller());
    expect((await tested(service.name)).passed).toBe(true);
  });

  it('answers later where it takes long', async () => {
    const service = await testService(api, (response, request) => {
      setTimeout(() => seller()(response, request), 4500);
    });
    await api.put(`/services/${service.name}/contract`, {
      ...CONTRACT,
      operations: Array.from({ length: 3 }, (_, at) => ({ ...CONTRACT.operations[0], name: `price-${at}` })),
    });
    const reply = await api.post(`/services/${service.name}/contract/test`, {});
    expect(reply.status).toBe(202);
    const { statusUrl, status } = dataOf<{ statusUrl: string; status: string }>(reply);
    expect(status).toBe('running');
    const path = statusUrl.replace('/api/v1', '');
    let later = await api.call(path);
    for (let looked = 0; later.status === 202 && looked < 60; looked += 1) {
      await new Promise((resolve) => setTimeout(resolve, 1000));
      later = await api.call(path);
    }
    expect([later.status, dataOf<ContractTestResult>(later).passed]).toEqual([200, true]);
  });
});
