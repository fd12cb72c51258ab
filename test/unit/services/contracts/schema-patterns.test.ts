import { describe, expect, it } from 'vitest';
import { schemaEngine } from '../../../../functions/services/adapters/contract-tester.ts';
import { schemaFaults } from '../../../../functions/services/domain/contracts/json-schema-rules.ts';

const faultsOf = (schema: object) => schemaFaults({ ...schema }, 'at', schemaEngine());
const ofPattern = (pattern: string) => faultsOf({ type: 'string', pattern });
/** Which of the two is said depends on how fast the machine is. */
const SLOW = expect.stringMatching(/slow on some texts|too long to be checked/);

function inTime<Result>(limitMs: number, run: () => Result): Result {
  const began = performance.now();
  const result = run();
  expect(performance.now() - began).toBeLessThan(limitMs);
  return result;
}

describe('a pattern', () => {
  it.each([
    '^[a-z]+$',
    '^task_[0-9A-HJKMNP-TV-Z]{26}$',
    '^[A-Za-z0-9_-]{1,64}$',
    '^\\d{4}-\\d{2}-\\d{2}$',
    '^[a-z]+(-[a-z]+)*$',
    '^(red|green|blue)$',
    '^#[0-9a-fA-F]{6}$',
    '^\\p{Lu}\\p{L}*$',
    '^\\u0041\\/b$',
    '^(?:0|[1-9]\\d{0,5})(?:\\.(?:0|[1-9]\\d{0,5})){0,2}$',
    '[a-z]+$',
    '.+@.+',
    '',
  ])('may be %s', (pattern) => {
    expect(ofPattern(pattern)).toEqual([]);
  });

  it.each([
    '^(a+)+$',
    '(a|a)*$',
    '(x+x+)+y',
    '^(([a-z])+.)+[A-Z]([a-z])+$',
    '^(a|aa)+$',
    '(a?){30}b',
    '^(\\w+\\s?)*$',
    '(.*a){12}',
    '^a*a*$',
  ])('must not make engines that backtrack slow: %s', (pattern) => {
    expect(ofPattern(pattern)).toEqual([{ path: 'at.pattern', message: SLOW }]);
    expect(faultsOf({ patternProperties: { [pattern]: true } })).toEqual([
      { path: `at.patternProperties.${pattern}`, message: SLOW },
    ]);
  });

  it.each([
    '(',
    '[',
    '\\',
    'a**',
    '(?=a)b',
    '(?!a)b',
    '(?<=a)b',
    '(a)\\1',
    '(?i)a',
    '\\Qa',
    'a{2000}',
    '(?:a{500}){500}',
  ])('must be one that every engine here takes: %s', (pattern) => {
    expect(ofPattern(pattern).map(({ path }) => path)).toEqual(['at.pattern']);
  });

  it('must be at most 512 characters', () => {
    expect(ofPattern('a'.repeat(512))).toEqual([]);
    expect(ofPattern('a'.repeat(513))).toEqual([{ path: 'at.pattern', message: 'must be at most 512 characters' }]);
  });
});

const text = (pattern: string) => ({ type: 'string', pattern });
const fields = (count: number, schemaOf: (index: number) => object) => ({
  properties: Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, schemaOf(index)])),
});

describe('32 KB that are meant to take long', () => {
  it.each([
    ['catastrophic patterns, all different', fields(700, (index) => text(`(${index}|a|a)*$`))],
    ['patterns that look safe for long', fields(700, (index) => text(`(x{0,${index}}){3}y?`))],
    ['long patterns of many repetitions', fields(50, (index) => text(`${'[a-z]{1,99}'.repeat(40)}${index}`))],
    ['brackets', fields(50, (index) => text(`${'(?:'.repeat(80)}${index}${'?)'.repeat(80)}`))],
  ])('are refused in time: %s', (_, schema) => {
    expect(inTime(2000, () => faultsOf(schema)).length).toBeGreaterThan(0);
  });

  it.each([
    ['fields', fields(1000, () => ({ type: 'string' }))],
    ['branches', { oneOf: Array.from({ length: 900 }, (_, index) => ({ const: index, minimum: index })) }],
    [
      'unevaluated fields',
      {
        unevaluatedProperties: false,
        allOf: Array.from({ length: 700 }, (_, index) => fields(1, () => ({ minLength: index }))),
      },
    ],
    ['values', { enum: Array.from({ length: 8000 }, (_, index) => index).slice(0, 6000) }],
  ])('are checked in time where they are only large: %s', (_, schema) => {
    expect(inTime(2000, () => faultsOf(schema))).toEqual([]);
  });
});

it('a pattern that got by, or a name, is never tried by an engine that backtracks', () => {
  const name = `${'a'.repeat(50)}!`;
  const schema = {
    type: 'object',
    properties: { [name]: true, text: { pattern: '^(a+)+$' } },
    patternProperties: { '^(a+)+$': { type: 'string' } },
    propertyNames: { pattern: '^(a|a)*!?$|text' },
  };
  const check = inTime(1000, () => schemaEngine().compile(schema));
  expect(inTime(1000, () => check({ text: name }))).toBe('/text must match pattern "^(a+)+$"');
  expect(inTime(1000, () => check({ [name]: 1, text: 'aaa' }))).toBeUndefined();
});

it('two patterns of one schema are told apart', () => {
  const check = schemaEngine().compile(fields(2, (index) => text(index === 0 ? '^a$' : '^b$')));
  expect(check({ p0: 'a', p1: 'b' })).toBeUndefined();
  expect(check({ p0: 'a', p1: 'a' })).toContain('/p1');
});

it('what a value has from all objects is none of its fields', () => {
  const check = schemaEngine().compile({ properties: { toString: { type: 'string' } }, required: ['constructor'] });
  expect(check({})).toContain("'constructor'");
  expect(check({ constructor: 1 })).toBeUndefined();
});

it('a price is a multiple of a cent, however a computer writes it', () => {
  const check = schemaEngine().compile({ multipleOf: 0.01 });
  expect([1.1, 4.35, 1.15].map(check)).toEqual([undefined, undefined, undefined]);
  expect(check(1.115)).toBe('must be multiple of 0.01');
});
