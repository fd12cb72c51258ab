import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ContractTestResult } from '../../../functions/contracts/service-contract.ts';
import { contractTestRunner } from '../../../functions/services/adapters/contract-test-runner.ts';
import { openedByHand } from '../../../functions/shared/platform/breaker/breaker-record.ts';
import type { OutgoingAnswer, OutgoingRequest } from '../../../functions/shared/platform/outgoing/guarded-request.ts';
import { RequestFailed } from '../../../functions/shared/platform/outgoing/guarded-request.ts';
import { callHttpService } from '../../../functions/shared/platform/outgoing/http-service.ts';
import type { MemoryContractTests } from '../../support/services/memory-contract-tests.ts';
import { memoryContractTests } from '../../support/services/memory-contract-tests.ts';
import type { ServiceWorld } from '../../support/services/service-world.ts';
import { ENDPOINT, serviceWorld } from '../../support/services/service-world.ts';

const TEST = { testId: 'test_1', name: 'billing', startedAt: '2026-08-19T10:00:00.000Z' };
const ORDER = { testId: 'test_1', name: 'billing', correlationId: 'corr_1' };
const amount = { type: 'integer', minimum: 1, maximum: 9 };
const CONTRACT = {
  version: '1.2',
  operations: ['pay', 'refund'].map((name) => ({
    name,
    input: { type: 'object', properties: { amount }, required: ['amount'], additionalProperties: false },
    output: { type: 'object', properties: { receipt: { type: 'string' } }, required: ['receipt'] },
    errors: [{ code: 'NO_MONEY' }],
  })),
};

const answer = (status: number, body: unknown): OutgoingAnswer => ({
  status,
  headers: {},
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
});
const PAID = answer(200, { receipt: 'r1' });
const REFUSED = answer(400, { code: 'BAD', message: 'No.' });
const isValid = ({ body = '' }: OutgoingRequest) => /^\{"amount":[1-9]\}$/.test(body);
/** Keeps the contract. */
const honest = async (request: OutgoingRequest) => (isValid(request) ? PAID : REFUSED);
const request = vi.fn(honest);

let world: ServiceWorld;
let tests: MemoryContractTests;
beforeEach(async () => {
  request.mockReset().mockImplementation(honest);
  world = serviceWorld();
  tests = memoryContractTests();
  await world.registered('billing');
  await world.registry.putContract('billing', CONTRACT, undefined);
  await tests.save(TEST);
});

const run = (order = ORDER) =>
  contractTestRunner({ ...world, tests, call: (one) => callHttpService({ ...one, request }) })(order);
const resultOf = async () => (await tests.find('billing', 'test_1'))?.result as ContractTestResult;
const requests = () => request.mock.calls.map(([one]) => one);
const keys = () => requests().map(({ headers }) => headers['idempotency-key']);
/** Why cases failed, each reason once. */
async function reasons(): Promise<unknown[]> {
  const cases = (await resultOf()).operations.flatMap(({ testCases }) => testCases);
  return [...new Set(cases.map(({ error }) => error).filter((error) => error !== null))];
}

describe('a contract test that was ordered', () => {
  it('calls every operation where the service is, and leaves its result', async () => {
    await run();
    expect(await tests.find('billing', 'test_1')).toMatchObject({ ...TEST, result: { service: 'billing' } });
    const result = await resultOf();
    expect(ContractTestResult.parse(result)).toEqual(result);
    expect(result).toMatchObject({ version: '1.2', passed: true, timestamp: expect.stringMatching(/Z$/) });
    expect(result.operations.map(({ operation }) => operation)).toEqual(['pay', 'refund']);
    const urls = requests().map(({ url }) => url);
    expect(new Set(urls)).toEqual(new Set([`${ENDPOINT}/pay`, `${ENDPOINT}/refund`]));
    expect(urls).toHaveLength(result.operations.flatMap(({ testCases }) => testCases).length);
    expect([true, false].map((valid) => requests().some((one) => isValid(one) === valid))).toEqual([true, true]);
  });

  it('tells the service that nothing is meant, and whose call it is, and waits 5 s for each', async () => {
    await run();
    for (const { headers, timeoutMs } of requests()) {
      expect(headers).toMatchObject({ 'x-maos-contract-test': 'true', 'x-correlation-id': 'corr_1' });
      expect(timeoutMs).toBe(5000);
    }
  });

  it('gives each call a key of its own, which no other test has', async () => {
    await run();
    await tests.save({ ...TEST, testId: 'test_2' });
    await run({ ...ORDER, testId: 'test_2' });
    expect(keys().length).toBeGreaterThan(4);
    expect(new Set(keys()).size).toBe(keys().length);
  });

  it('goes past the breaker, and counts for nothing', async () => {
    await world.store.change('billing', world.breakers.stands('billing'), openedByHand(0, 'Moved.'), 'corr_0');
    const before = world.breakers.stands('billing');
    request.mockRejectedValue(new RequestFailed('connection'));
    await run();
    expect((await resultOf()).passed).toBe(false);
    expect([world.breakers.stands('billing'), world.breakers.served.of('count')]).toEqual([before, 0]);
  });

  it('ordered twice, runs once', async () => {
    await run();
    const [calls, result] = [requests().length, await resultOf()];
    request.mockResolvedValue(REFUSED);
    await run();
    expect(requests()).toHaveLength(calls);
    expect(await resultOf()).toEqual(result);
  });

  it('that was cut off leaves no result, and runs again under the same keys', async () => {
    request.mockResolvedValueOnce(REFUSED).mockRejectedValueOnce(new Error('We ran out of memory.'));
    await expect(run()).rejects.toThrow('We ran out of memory.');
    expect(await tests.find('billing', 'test_1')).toEqual(TEST);
    const before = keys();
    request.mockClear();
    await run();
    expect((await resultOf()).passed).toBe(true);
    expect(keys().slice(0, before.length).sort()).toEqual(before.toSorted());
  });

  it('that cannot save its result fails, and so comes again', async () => {
    vi.spyOn(tests, 'save').mockRejectedValueOnce(new Error('throttled'));
    await expect(run()).rejects.toThrow('throttled');
    await run();
    expect((await resultOf()).passed).toBe(true);
  });
});

describe('nothing is called and nothing kept', () => {
  it.each([
    ['the service', () => vi.spyOn(world.registry, 'find').mockReturnValue(undefined)],
    ['the contract', () => vi.spyOn(world.registry, 'contract').mockResolvedValue(undefined)],
    ['the test', () => vi.spyOn(tests, 'find').mockResolvedValue(undefined)],
  ])('where %s is gone meanwhile', async (_, remove) => {
    const save = vi.spyOn(tests, 'save');
    const gone = remove();
    await run();
    expect(gone).toHaveBeenCalled();
    expect([request.mock.calls, save.mock.calls]).toEqual([[], []]);
  });
});

describe('what a service says to an invalid input', () => {
  const toInvalid = (say: () => Promise<OutgoingAnswer>) =>
    request.mockImplementation((one) => (isValid(one) ? honest(one) : say()));

  it.each([
    [400, { code: 'BAD', message: 'No.' }],
    [404, ''],
    [408, {}],
    [422, '<html>'],
    [429, {}],
    [500, { code: 'OOPS' }],
    [503, 'null'],
  ])('is an answer with status %d and %j, as any error will do', async (status, body) => {
    toInvalid(async () => answer(status, body));
    await run();
    expect(await reasons()).toEqual([]);
    expect((await resultOf()).passed).toBe(true);
  });

  it.each([
    ['a redirect', async () => answer(302, '')],
    ['a page with status 200', async () => answer(200, '<html>')],
    ['nothing under its address', () => Promise.reject(new RequestFailed('connection'))],
    ['nothing in time', () => Promise.reject(new RequestFailed('timeout'))],
    ['half', () => Promise.reject(new RequestFailed('cut-off'))],
    ['too much', () => Promise.reject(new RequestFailed('too-large'))],
    ['nothing, as it may not be called', () => Promise.reject(new RequestFailed('address'))],
  ])('is none with %s', async (_, say) => {
    toInvalid(say);
    await run();
    expect((await resultOf()).passed).toBe(false);
    const said = await reasons();
    expect(said.length).toBeGreaterThan(0);
    for (const reason of said) expect(reason).toMatch(/^No answer: Operation \w+ of service billing .*\(case: /);
  });
});

describe('what a service says to a valid input', () => {
  const toValid = (status: number, body: unknown) =>
    request.mockImplementation(async (one) => (isValid(one) ? answer(status, body) : REFUSED));

  it.each([409, 500])('may be an error of the contract, whatever its status: %d', async (status) => {
    toValid(status, { code: 'NO_MONEY', message: 'Broke.' });
    await run();
    expect(await reasons()).toEqual([]);
  });

  it.each([
    ['an error that the contract does not name', 409, { code: 'ODD', message: 'Hm.' }, /^Unexpected error: ODD: Hm\. /],
    ['an error without a code', 500, '<html>', /^Unexpected error: no code: Operation \w+ of service billing failed/],
    ['an output that it does not promise', 200, { receipt: 1 }, /^Output does not match schema: \/receipt must be/],
    ['nothing, which it does not promise', 204, '', /^Output does not match schema: must be object/],
  ])('may not be %s', async (_, status, body, why) => {
    toValid(status, body);
    await run();
    const said = await reasons();
    expect(said.length).toBeGreaterThan(0);
    for (const reason of said) expect(reason).toMatch(why);
  });
});
