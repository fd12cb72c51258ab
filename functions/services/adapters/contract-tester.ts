import { createContext, Script } from 'node:vm';
import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { fullFormats } from 'ajv-formats/dist/formats.js';
import { RE2JS } from 're2js';
import { isSafePattern } from 'redos-detector';
import type { ContractTestResult, ServiceContract } from '../../contracts/service-contract.ts';
import { messageOf } from '../../shared/kernel/errors.ts';
import type { CallOutcome } from '../domain/contracts/case-verdict.ts';
import { UNTESTED, verdictOn } from '../domain/contracts/case-verdict.ts';
import { casesOf } from '../domain/contracts/contract-cases.ts';
import { FORMATS } from '../domain/contracts/formats.ts';
import { hasOneWayToMatch } from '../domain/contracts/pattern-cost.ts';
import type { Flaw, SchemaCheck, SchemaEngine } from '../domain/contracts/schema-engine.ts';

/** Never throws for what the service did. */
export type ContractCall = (operation: string, input: unknown) => Promise<CallOutcome>;

export interface ContractTest {
  service: string;
  contract: ServiceContract;
  call: ContractCall;
  /** ISO 8601. */
  now(): string;
}

/** Calls at a time: a service is tested, not loaded. */
const PARALLEL = 5;

/**
 * Calls a service with generated inputs and says where it breaks its contract (seed: ContractTester). The contract must be without faults.
 * Throws what `call` throws, once the calls under way have ended.
 */
export async function testContract({ service, contract, call, now }: ContractTest): Promise<ContractTestResult> {
  const engine = schemaEngine();
  const tested = casesOf(contract, engine);
  const calls = tested.flatMap(({ operation, cases }) => {
    const judge = { operation, checkOutput: engine.compile(operation.output) };
    return cases.map(
      (each) => async () => verdictOn(each, await call(operation.name, structuredClone(each.input)), judge),
    );
  });
  const verdicts = await allOf(calls, PARALLEL);
  const operations = tested.map(({ operation, cases }) => {
    const testCases = cases.length === 0 ? [UNTESTED] : verdicts.splice(0, cases.length);
    return { operation: operation.name, passed: testCases.every(({ passed }) => passed), testCases };
  });
  const passed = operations.every((operation) => operation.passed);
  return { service, version: contract.version, passed, operations, timestamp: now() };
}

async function allOf<Result>(calls: readonly (() => Promise<Result>)[], parallel: number): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = oneByOne(calls);
  const lane = async () => {
    for (const [index, call] of waiting) results[index] = await call();
  };
  const lanes = await Promise.allSettled(Array.from({ length: parallel }, lane));
  const failed = lanes.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
  return results;
}

/** A generator, unlike a list, has ended for all of its readers once one of them has thrown. */
function* oneByOne<Item>(items: readonly Item[]): Generator<[number, Item]> {
  yield* items.entries();
}

/** For all patterns of a contract together, in ms. */
const PATTERNS_MS = 600;
const MAX_PATTERN = 512;
/** Of the detector, about 0.1 ms each; what it can't clear by then is taken for a pattern that backtracks. */
const PATTERN_STEPS = 500;
/** Of what is said of a value that does not fit, in characters. */
const MAX_TEXT = 300;
/** For one value, in ms: `uniqueItems` takes the square of its size, and references may double with each level. */
const CHECK_MS = 500;

const META_SCHEMA = 'https://json-schema.org/draft/2020-12/schema';

/**
 * Patterns run on an engine whose time grows with the text only; ajv asks that it be named by `code`, and tells patterns apart by `toString`.
 * `allowMatchingProperties` is on because ajv would otherwise try patterns on names by `RegExp` when it compiles. `$anchor` it obeys without
 * knowing it for a keyword.
 */
const OPTIONS: ConstructorParameters<typeof Ajv2020>[0] = {
  strict: true,
  strictTypes: false,
  strictTuples: false,
  strictRequired: false,
  allowMatchingProperties: true,
  ownProperties: true,
  inlineRefs: false,
  multipleOfPrecision: 9,
  logger: false,
  formats: Object.fromEntries([...FORMATS.keys()].map((name) => [name, formatOf(name)])),
  keywords: ['$anchor'],
  code: { optimize: false, regExp: Object.assign(linearRegExp, { code: 'linearRegExp' }) },
};

function formatOf(name: string) {
  const found = Object.entries(fullFormats).find(([known]) => known === name);
  return found?.[1] ?? true;
}

function linearRegExp(pattern: string) {
  return RE2JS.compile(RE2JS.translateRegExp(pattern));
}

const shared: { meta?: Ajv2020 } = {};

/** JSON Schema by ajv, patterns by re2js, and what they would cost elsewhere by redos-detector. For one contract. */
export function schemaEngine(): SchemaEngine {
  const ajv = new Ajv2020({ ...OPTIONS, meta: false, validateSchema: false });
  const patterns = new Map<string, string | undefined>();
  let left = PATTERNS_MS;
  return {
    metaFlaw(schema) {
      shared.meta ??= new Ajv2020(OPTIONS);
      return shared.meta.validate(META_SCHEMA, schema) ? undefined : flawOf(shared.meta.errors?.[0]);
    },
    strictFault(schema) {
      try {
        ajv.compile(schema);
        return undefined;
      } catch (error) {
        return messageOf(error).replace(/^strict mode: /, '');
      }
    },
    patternFault(pattern) {
      if (patterns.has(pattern)) return patterns.get(pattern);
      const began = performance.now();
      const fault = patternFault(pattern, Math.max(0, left));
      left -= performance.now() - began;
      patterns.set(pattern, fault);
      return fault;
    },
    compile: (schema) => checkBy(ajv.compile(schema)),
  };
}

function flawOf(error: ErrorObject | undefined): Flaw {
  const steps = (error?.instancePath ?? '').split('/').slice(1);
  const names = steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  return { steps: names, message: error?.message ?? 'is not a JSON Schema' };
}

/** Anchored, as a pattern that may begin anywhere is tried everywhere, and that alone makes no engine slow. */
function patternFault(pattern: string, timeout: number): string | undefined {
  if (pattern.length > MAX_PATTERN) return `must be at most ${MAX_PATTERN} characters`;
  if (timeout === 0) return 'comes after patterns that took all of the time there is for checking them';
  try {
    linearRegExp(pattern);
    if (hasOneWayToMatch(pattern)) return undefined;
    const found = isSafePattern(`^(?:${pattern})`, { unicode: true, maxSteps: PATTERN_STEPS, timeout });
    if (found.safe) return undefined;
    return found.error === 'timedOut'
      ? 'takes too long to be checked'
      : 'makes engines that backtrack slow on some texts';
  } catch (error) {
    return `is not supported: ${messageOf(error).split('\n')[0]}`;
  }
}

function checkBy(validate: ValidateFunction): SchemaCheck {
  const faultOf = (value: unknown) => (validate(value) ? undefined : textOf(validate.errors?.[0]));
  const refers = /"\$(?:dynamicRef|ref)":/.test(JSON.stringify(validate.schema));
  return (value) => (!refers && isSmall(value) ? faultOf(value) : within(CHECK_MS, () => faultOf(value)));
}

/** Small enough for any schema that does not refer to itself: the square of it is not much. */
function isSmall(value: unknown): boolean {
  return (JSON.stringify(value) ?? '').length < 2000;
}

function textOf(error: ErrorObject | undefined): string {
  const { additionalProperty, unevaluatedProperty } = error?.params ?? {};
  const name = additionalProperty ?? unevaluatedProperty;
  const text = [error?.instancePath, error?.message, name && `"${name}"`].filter(Boolean).join(' ');
  return text.slice(0, MAX_TEXT);
}

const context = createContext({});
const script = new Script('run()');

/** Code that only the machine can stop: a timer would never get its turn. */
function within<Result>(timeout: number, run: () => Result): Result {
  context.run = run;
  return script.runInContext(context, { timeout });
}
