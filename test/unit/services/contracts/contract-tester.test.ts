import { describe, expect, it, vi } from 'vitest';
import type { ContractTestResult, ServiceContract } from '../../../../functions/contracts/service-contract.ts';
import { ContractTestResult as ResultSchema } from '../../../../functions/contracts/service-contract.ts';
import type { ContractCall } from '../../../../functions/services/adapters/contract-tester.ts';
import { testContract } from '../../../../functions/services/adapters/contract-tester.ts';
import {
  contractOf,
  object,
  operation,
  refusal,
  seller,
  sellerContract,
} from '../../../support/services/contract-samples.ts';

const NOW = '2026-08-19T10:00:00.000Z';

const tested = (call: ContractCall, contract: ServiceContract = sellerContract) =>
  testContract({ service: 'seller', contract, call, now: () => NOW });

const reasons = ({ operations }: ContractTestResult) =>
  operations.flatMap(({ testCases }) => testCases.flatMap(({ error }) => error ?? []));

describe('a contract test', () => {
  it('finds each of three flaws once, says which case shows it and why, and passes the service once they are mended', async () => {
    const result = await tested(seller({ output: true, error: true, input: true }));
    expect(reasons(result)).toEqual([
      'Output does not match schema: /amount must be number (case: every field)',
      'Unexpected error: NO_IDEA: Gone. (case: seats is at its maximum 9)',
      'An invalid input was accepted: seats is above its maximum 9',
    ]);
    expect([result.passed, result.operations[0]?.passed]).toEqual([false, false]);
    const mended = await tested(seller());
    expect(reasons(mended)).toEqual([]);
    expect(mended).toMatchObject({ service: 'seller', version: '1.0.0', passed: true, timestamp: NOW });
    expect(ResultSchema.parse(mended)).toEqual(mended);
  });

  it('keeps what was sent and what came, null where an error came', async () => {
    const [price] = (await tested(seller())).operations;
    expect(price?.testCases.slice(0, 3)).toEqual([
      { input: { seats: 1 }, output: { amount: 10, currency: 'EUR' }, passed: true, error: null },
      { input: { seats: 9 }, output: null, passed: true, error: null },
      { input: {}, output: null, passed: true, error: null },
    ]);
  });

  it('says which field an output has that it must not have', async () => {
    const result = await tested(
      async () => ({ output: { more: 1 } }),
      contractOf({ type: 'object', maxProperties: 0 }, object({})),
    );
    expect(reasons(result)[0]).toContain('must NOT have additional properties "more"');
  });

  it.each([
    [
      'nothing answers',
      refusal(undefined, 'The connection was refused.', false),
      'No answer: The connection was refused.',
    ],
    [
      'a declared error is no answer of the service',
      refusal('SOLD_OUT', 'It took too long.', false),
      'No answer: It took',
    ],
    ['an error has no code', refusal(undefined, 'Oops.'), 'Unexpected error: no code: Oops.'],
  ])('fails every valid case where %s', async (_, outcome, why) => {
    const { operations } = await tested(async () => outcome);
    const valid = operations[0]?.testCases.slice(0, 2) ?? [];
    expect(valid.map(({ passed }) => passed)).toEqual([false, false]);
    expect(valid[0]?.error).toContain(why);
  });

  it('counts no answer against an invalid input, and any answer for it', async () => {
    const onInvalid = (outcome: Awaited<ReturnType<ContractCall>>): ContractCall => {
      const sound = seller();
      return async (name, input) => ('seats' in Object(input) ? sound(name, input) : outcome);
    };
    const silent = await tested(onInvalid(refusal('BAD_INPUT', 'Closed.', false)));
    expect(reasons(silent)).toEqual([
      'No answer: Closed. (case: seats is missing)',
      'No answer: Closed. (case: the input has the type number, not object)',
    ]);
    expect((await tested(onInvalid(refusal('ANY', 'No.')))).passed).toBe(true);
  });

  it('calls every operation, five calls at a time, and reports in order whatever comes back first', async () => {
    const operations = Array.from({ length: 7 }, (_, index) =>
      operation(`op-${index}`, object({ at: { enum: [1, 2, 3] } })),
    );
    const running = { now: 0, most: 0 };
    const called: string[] = [];
    const result = await tested(
      async (name, input) => {
        called.push(name);
        running.now += 1;
        running.most = Math.max(running.most, running.now);
        for (let turns = called.length % 7; turns >= 0; turns -= 1) await new Promise(setImmediate);
        running.now -= 1;
        return { output: { name, input } };
      },
      { version: '2.1.0', operations },
    );
    expect(running.most).toBe(5);
    expect(result.operations.map((each) => each.operation)).toEqual(operations.map(({ name }) => name));
    for (const { operation: name, testCases } of result.operations) {
      expect(testCases.length).toBeGreaterThan(4);
      for (const { input, output } of testCases) expect(output).toEqual({ name, input });
    }
    expect(called).toHaveLength(result.operations.flatMap(({ testCases }) => testCases).length);
  });

  it('throws what the call throws, after the calls under way have ended, and makes no more', async () => {
    const state = { called: 0, ended: 0 };
    const call = vi.fn(async () => {
      state.called += 1;
      if (state.called === 2) throw new Error('our own fault');
      await new Promise(setImmediate);
      state.ended += 1;
      return { output: {} };
    });
    const many = contractOf(object({ at: { enum: Array.from({ length: 30 }, (_, index) => index) } }));
    await expect(tested(call, many)).rejects.toThrow('our own fault');
    expect(state.ended).toBe(state.called - 1);
    expect(call.mock.calls.length).toBeLessThanOrEqual(6);
  });

  it('lets a service change what it is given without changing the report', async () => {
    const result = await tested(async (_, input) => {
      if (typeof input === 'object') Object.assign(Object(input), { seats: 'gone' });
      return { output: null };
    });
    expect(result.operations[0]?.testCases[0]?.input).toEqual({ seats: 1 });
  });

  it('keeps a report small: values above 2 KB are named by their size, and long reasons cut', async () => {
    const given: string[] = [];
    const input = contractOf(object({ text: { type: 'string', minLength: 2500 } }));
    const long = await tested(async (_, sent) => ({ output: given.push(JSON.stringify(sent)) }), input);
    expect(given[0]?.length).toBe(2511);
    const note = 'A value of 2511 bytes, too large to be kept.';
    expect(long.operations[0]?.testCases[0]).toMatchObject({ input: note, passed: true });
    const keptOf = async (output: string) =>
      (await tested(async () => ({ output }))).operations[0]?.testCases[0]?.output;
    expect(await keptOf('é'.repeat(1023))).toBe('é'.repeat(1023));
    expect(await keptOf('é'.repeat(1024))).toBe('A value of 2050 bytes, too large to be kept.');
    const wordy = await tested(async () => refusal('NO_IDEA', 'x'.repeat(100_000)));
    expect(reasons(wordy)[0]).toMatch(/^Unexpected error: NO_IDEA: x{900,}…$/);
    expect(reasons(wordy)[0]?.length).toBe(1001);
  });

  it('fails an output that is too deep or takes too long to check, instead of failing itself', async () => {
    const tree: ServiceContract = contractOf({ type: 'object' }, { type: 'array', items: { $ref: '#' } });
    const deep = JSON.parse('['.repeat(50_000) + ']'.repeat(50_000)) as unknown;
    const [first] = (await tested(async () => ({ output: deep }), tree)).operations[0]?.testCases ?? [];
    expect(first?.error).toContain('too large or too deep');
    expect(first?.output).toBe('A value that is nested too deeply to be kept.');
    const many = Array.from({ length: 30_000 }, (_, index) => ({ index }));
    const unique = contractOf({ type: 'object' }, { type: 'array', uniqueItems: true });
    const [slow] =
      (await tested(async (_, input) => (input === 7 ? refusal('NO', 'No.') : { output: many }), unique)).operations[0]
        ?.testCases ?? [];
    expect(slow?.error).toContain('too large or too deep');
  });

  it('does not pass an operation that it could not call', async () => {
    const result = await tested(seller(), contractOf({ not: {} }));
    expect(result.passed).toBe(false);
    expect(reasons(result)).toEqual([expect.stringContaining('No valid input could be made')]);
    const helped = contractOf({ type: 'string', pattern: '^(?:\\x{61}){3}$', examples: ['aaa'] });
    expect(
      (await tested(async (_, input) => (input === 'aaa' ? { output: 1 } : refusal('NO', 'No.')), helped)).passed,
    ).toBe(true);
  });
});
