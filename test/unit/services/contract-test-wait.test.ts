import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { contractRoutes } from '../../../functions/contracts/api/contract.ts';
import type { ContractTestResult } from '../../../functions/contracts/service-contract.ts';
import type { ContractTestOrder } from '../../../functions/services/adapters/contract-endpoints.ts';
import { contractEndpoints } from '../../../functions/services/adapters/contract-endpoints.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import type { MemoryContractTests } from '../../support/services/memory-contract-tests.ts';
import { memoryContractTests } from '../../support/services/memory-contract-tests.ts';
import type { ServiceWorld } from '../../support/services/service-world.ts';
import { SERVICES, servicesApi, serviceWorld } from '../../support/services/service-world.ts';

vi.mock('node:timers/promises', () => import('../../support/fake-sleep.ts'));
const logs = captureLogLines();

const STARTED = '2026-08-19T10:00:00.000Z';
const MINUTE = 60_000;
const WAIT_MS = 20_000;
const result: ContractTestResult = {
  service: 'billing',
  version: '1.0',
  passed: true,
  operations: [
    {
      operation: 'pay',
      passed: true,
      testCases: [{ input: {}, output: null, passed: true, error: null }],
    },
  ],
  timestamp: STARTED,
};
const order = vi.fn<(test: ContractTestOrder) => Promise<void>>();

let world: ServiceWorld;
let tests: MemoryContractTests;
let call: ReturnType<typeof servicesApi>;
beforeEach(async () => {
  vi.useFakeTimers({ now: Date.parse(STARTED) });
  order.mockReset().mockResolvedValue();
  world = serviceWorld();
  tests = memoryContractTests();
  call = servicesApi(contractEndpoints({ ...world, tests, order }));
  await world.registered('billing');
  const contract = { version: '1.0', operations: [{ name: 'pay', input: true, output: true, errors: [] }] };
  await world.registry.putContract('billing', contract, undefined);
});
afterEach(() => {
  vi.useRealTimers();
});

/** Whoever runs tests has the result so many ms after it was ordered. */
const endsAfter = (ms: number) =>
  order.mockImplementation(async ({ testId, name }) => {
    const end = () => tests.save({ testId, name, startedAt: STARTED, result });
    if (ms === 0) await end();
    else setTimeout(end, ms);
  });

/** Asks for a test, and plays the clock until there is an answer. `after`: how long that took, in ms. */
async function tested(name = 'billing') {
  const headers = { 'x-correlation-id': 'corr_1' };
  const began = Date.now();
  const answering = call('POST', `/${name}/contract/test`, { headers });
  const timing = answering.then((answer) => ({ ...answer, after: Date.now() - began }));
  await vi.advanceTimersByTimeAsync(WAIT_MS + 1000);
  return timing;
}
const found = (testId: string, name = 'billing') => call('GET', `/${name}/contract/tests/${testId}`);
const running = async () => ((await tested()).json.data as { testId: string }).testId;

describe('POST /services/{name}/contract/test', () => {
  it('orders a test of somebody who finds it when he looks', async () => {
    let there: unknown;
    order.mockImplementation(async ({ testId, name }) => {
      there = await tests.find(name, testId);
    });
    const { testId } = (await tested()).json.data as { testId: string };
    expect(testId).toMatch(/^test_[0-9A-Z]{26}$/);
    expect(order).toHaveBeenCalledExactlyOnceWith({ testId, name: 'billing', correlationId: 'corr_1' });
    expect(there).toStrictEqual({ testId, name: 'billing', startedAt: STARTED });
  });

  it.each([
    [0, 0],
    [1, 250],
    [3100, 3250],
    [19_999, WAIT_MS],
  ])('answers the result that is there after %d ms, after %d ms', async (endsMs, answersMs) => {
    endsAfter(endsMs);
    const { status, json, after } = await tested();
    expect([status, json.data, after]).toEqual([200, result, answersMs]);
    expect(contractRoutes.testContract.answer.data.parse(json.data)).toEqual(json.data);
  });

  it('answers after 20 s that it runs, and where to ask', async () => {
    endsAfter(WAIT_MS + 1);
    const { status, json, after } = await tested();
    const { testId } = order.mock.calls[0]?.[0] ?? {};
    const statusUrl = `${SERVICES}/billing/contract/tests/${testId}`;
    expect([status, after, json.data]).toStrictEqual([202, WAIT_MS, { testId, status: 'running', statusUrl }]);
    expect(contractRoutes.testContract.answer.also?.data.parse(json.data)).toEqual(json.data);
    const later = await call('GET', statusUrl.slice(SERVICES.length));
    expect([later.status, later.json.data]).toEqual([200, result]);
  });

  it('runs another test each time', async () => {
    expect(await running()).not.toBe(await running());
    expect(tests.all()).toHaveLength(2);
  });

  it.each([
    ['absent', 'SERVICE_NOT_FOUND'],
    ['shipping', 'NOT_FOUND'],
    ['agent-service', 'NOT_FOUND'],
  ])('orders none for %s, which promises nothing here', async (name, code) => {
    await world.registered('shipping');
    const { status, json, after } = await tested(name);
    expect([status, json.error.code, after]).toEqual([404, code, 0]);
    expect([order.mock.calls, tests.all()]).toEqual([[], []]);
  });

  it('does not wait for a test that could not be ordered', async () => {
    order.mockRejectedValue(new Error('no route'));
    expect(await tested()).toMatchObject({ status: 500, after: 0 });
    expect(logs.text()).toContain('no route');
  });

  it('needs the scope admin', async () => {
    expect((await call('POST', '/billing/contract/test', { scopes: 'read,write,agent' })).status).toBe(403);
    expect(order).not.toHaveBeenCalled();
  });
});

describe('GET /services/{name}/contract/tests/{testId}', () => {
  it('says that a test runs for 20 minutes, and then that it failed', async () => {
    const testId = await running();
    const told = async (at: number) => {
      vi.setSystemTime(Date.parse(STARTED) + at);
      const { status, json } = await found(testId);
      return [status, json.data];
    };
    const statusUrl = `${SERVICES}/billing/contract/tests/${testId}`;
    expect(await told(20 * MINUTE)).toEqual([202, { testId, status: 'running', statusUrl }]);
    expect(await told(20 * MINUTE + 1)).toEqual([202, { testId, status: 'failed', statusUrl }]);
  });

  it('answers a result that came late, and keeps to it', async () => {
    const testId = await running();
    await tests.save({ testId, name: 'billing', startedAt: STARTED, result });
    vi.setSystemTime(Date.parse(STARTED) + 21 * MINUTE);
    expect(await found(testId)).toMatchObject({ status: 200, json: { data: result } });
  });

  it('answers 404 for a test that there is not, and for another service’s', async () => {
    const testId = await running();
    await world.registered('shipping');
    for (const one of [await found('test_01J00000000000000000000000'), await found(testId, 'shipping')]) {
      expect([one.status, one.json.error.code]).toEqual([404, 'NOT_FOUND']);
    }
    expect((await found('test_1')).status).toBe(400);
  });
});
