import { describe, expect, it } from 'vitest';
import type { JsonSchema } from '../../../../functions/contracts/service-contract.ts';
import { schemaEngine } from '../../../../functions/services/adapters/contract-tester.ts';
import { casesOf } from '../../../../functions/services/domain/contracts/contract-cases.ts';
import { contractOf, object, operation } from '../../../support/services/contract-samples.ts';

const casesFor = (input: JsonSchema, limit = 200) => casesOf(contractOf(input), schemaEngine(), limit)[0]?.cases ?? [];
const valid = (input: JsonSchema) => casesFor(input).filter((each) => each.valid);
const inputs = (cases: { input: unknown }[]) => cases.map(({ input }) => input);
const field = (schema: JsonSchema) => object({ x: schema });
const values = (cases: { input: unknown }[]) => cases.map(({ input }) => (input as { x?: unknown }).x);

describe('valid inputs', () => {
  it('have every field, only what is required, and each optional field in and out', () => {
    const schema = object({ a: { const: 1 }, b: { const: 2 }, c: { const: 3 } }, ['a']);
    expect(valid(schema).map(({ about, input }) => [about, input])).toEqual([
      ['every field', { a: 1, b: 2, c: 3 }],
      ['only required fields', { a: 1 }],
      ['b is left out', { a: 1, c: 3 }],
      ['c is left out', { a: 1, b: 2 }],
    ]);
  });

  it.each<[string, JsonSchema, unknown[]]>([
    ['each value of an enum', { enum: ['red', 'green', 7, null] }, ['red', 'green', 7, null]],
    ['a const', { const: { a: 1 } }, [{ a: 1 }]],
    ['both booleans', { type: 'boolean' }, [true, false]],
    ['each type', { type: ['string', 'null'] }, ['aaaa', null]],
    ['both ends of a range', { type: 'integer', minimum: -3, maximum: 5 }, [1, -3, 5]],
    ['what is next to an excluded end', { type: 'integer', exclusiveMinimum: 3, exclusiveMaximum: 9 }, [4, 8]],
    ['a small open range', { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 0.5 }, [0.25]],
    ['multiples', { type: 'number', multipleOf: 0.01, minimum: 0.05, maximum: 0.1 }, [0.05, 0.1]],
    ['multiples far from nothing', { type: 'integer', multipleOf: 7, minimum: 100 }, [105]],
    ['both lengths of a text', { type: 'string', minLength: 2, maxLength: 6 }, ['aaaa', 'aa', 'aaaaaa']],
    [
      'both lengths of a text with a pattern',
      { type: 'string', pattern: '^x-[0-9]+$', minLength: 4, maxLength: 9 },
      ['x-00', 'x-0000000'],
    ],
    ['branches', { anyOf: [{ type: 'integer' }, { enum: ['a'] }] }, [1, 'a']],
    ['examples before anything made up', { type: 'string', pattern: '^usr_', examples: ['no', 'usr_17'] }, ['usr_17']],
    ['a default before anything made up', { type: 'integer', default: 42 }, [42]],
  ])('have %s', (_, schema, expected) => {
    expect(values(valid(field(schema)))).toEqual(expect.arrayContaining(expected));
    expect(values(valid(field(schema)))[0]).toEqual(expected[0]);
  });

  it.each([
    'date-time',
    'date',
    'time',
    'duration',
    'email',
    'hostname',
    'ipv4',
    'ipv6',
    'uri',
    'uri-reference',
    'uuid',
    'json-pointer',
    'regex',
    'iri',
  ])('have the format %s', (format) => {
    expect(valid(field({ type: 'string', format })).length).toBeGreaterThan(0);
  });

  it.each([
    '^task_[0-9A-HJKMNP-TV-Z]{26}$',
    '^(?:0|[1-9]\\d{0,5})(?:\\.(?:0|[1-9]\\d{0,5})){0,2}$',
    '^[^/]+/[^/]+$',
    '^(GET|PUT) /\\w+$',
    '[A-Z]{3}',
    '^\\p{Lu}\\p{L}*$',
    '^[\\w.-]{3,}$',
    '^\\u0041\\x42\\.$',
    '^(?:/[a-z]+)+/?$',
    '^\\S\\s\\D$',
    '^#(?:[0-9a-f]{3}){1,2}$',
    '^[^a-z]$',
    '^v\\d+?$',
  ])('match the pattern %s', (pattern) => {
    const texts = values(valid(field({ type: 'string', pattern })));
    expect(texts.length).toBeGreaterThan(0);
    for (const text of texts) expect(text).toMatch(new RegExp(pattern, 'u'));
  });

  it('have lists of every length that counts', () => {
    const lists = valid(
      field({ type: 'array', items: { type: 'integer' }, minItems: 2, maxItems: 4, uniqueItems: true }),
    );
    expect(
      values(lists)
        .map((list) => (list as unknown[]).length)
        .sort(),
    ).toEqual(expect.arrayContaining([2, 4]));
    expect(
      valid(field({ type: 'array', prefixItems: [{ const: 1 }], contains: { const: 'x' }, minItems: 3 })),
    ).not.toEqual([]);
  });

  it('have forms that only go together', () => {
    const card = object({ kind: { const: 'card' }, number: { type: 'string' } });
    const cash = object({ kind: { const: 'cash' } });
    expect(inputs(valid({ oneOf: [card, cash] }))).toEqual([{ kind: 'card', number: 'aaaa' }, { kind: 'cash' }]);
    const base = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] };
    const whole = {
      $ref: '#/$defs/base',
      allOf: [{ properties: { a: { minLength: 9 } } }],
      unevaluatedProperties: false,
      $defs: { base },
    };
    expect(inputs(valid(whole))).toEqual([{ a: 'aaaaaaaaa' }]);
    const dependent = {
      type: 'object',
      properties: { a: true, b: true, c: true },
      dependentRequired: { a: ['b'] },
      required: ['a'],
    };
    const both = { a: 'aaaa', b: 'aaaa' };
    expect(inputs(valid(dependent)).slice(0, 2)).toEqual([{ ...both, c: 'aaaa' }, both]);
  });

  it('have fields without fixed names', () => {
    const map = {
      type: 'object',
      patternProperties: { '^x-': { type: 'integer' } },
      additionalProperties: false,
      minProperties: 2,
    };
    expect(Object.keys(valid(map)[0]?.input as object)).toEqual(['x-', 'x-a']);
    const named = {
      type: 'object',
      propertyNames: { pattern: '^[A-Z]+$' },
      additionalProperties: { type: 'null' },
      minProperties: 1,
    };
    expect(Object.keys(valid(named)[0]?.input as object)).toEqual(['A']);
  });

  it('end, where a schema contains itself', () => {
    const tree = object({ kids: { type: 'array', items: { $ref: '#' } }, next: { $ref: '#' } }, []);
    expect(valid(tree).length).toBeGreaterThan(2);
    expect(casesFor(object({ next: { $ref: '#' } }))).toEqual([]);
    const names = Array.from({ length: 20 }, (_, index) => `kid${index}`);
    const wide = object(Object.fromEntries(names.map((name) => [name, { $ref: '#' }])), []);
    expect(JSON.stringify(valid(wide)[0]?.input).length).toBeGreaterThan(1000);
  });

  it('have fields that are called like what every object has', () => {
    const schema = object({ toString: { type: 'string' }, constructor: { type: 'integer' } });
    expect(valid(schema)[0]?.input).toEqual({ toString: 'aaaa', constructor: 1 });
    expect(casesFor(schema).map(({ about }) => about)).toEqual(
      expect.arrayContaining(['toString is missing', 'constructor is missing']),
    );
  });
});

describe('the cases of a contract', () => {
  const many = object(
    Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`f${index}`, { type: 'integer', minimum: 0 }])),
  );
  const operations = (count: number) => ({
    version: '1.0.0',
    operations: Array.from({ length: count }, (_, index) =>
      operation(`op-${index}`, index % 3 === 0 ? field({ const: 1 }) : many),
    ),
  });
  const sizes = (count: number, limit?: number) =>
    casesOf(operations(count), schemaEngine(), limit).map(({ cases }) =>
      cases.map((each) => (each.valid ? 'v' : 'i')).join(''),
    );

  it('are fifty at most, and give what one operation does not need to the others', () => {
    expect(casesOf(contractOf(many), schemaEngine())[0]?.cases).toHaveLength(50);
    const [small, ...large] = sizes(3);
    expect(small).toBe('viiii');
    expect(large.map(({ length }) => length)).toEqual([23, 22]);
  });

  it('have a valid one for each operation first, then an invalid one', () => {
    expect(sizes(50)).toEqual(Array.from({ length: 50 }, () => 'v'));
    expect(sizes(25)).toEqual(Array.from({ length: 25 }, () => 'vi'));
    expect(sizes(3, 4)).toEqual(['vi', 'v', 'v']);
  });

  it('are told apart by what is said of them', () => {
    const name = { type: 'string', maxLength: 9 };
    const abouts = casesFor(object({ name, b: true }, ['name'])).map(({ about }) => about);
    expect(abouts).toContain('name is longer than 9');
    expect(new Set(abouts).size).toBe(abouts.length);
    const either = { anyOf: [object({ name }), object({ count: { type: 'integer' } })] };
    expect(casesFor(either).map(({ about }) => about)).toContain('count is not whole (form 2)');
  });

  it('are the same each time', () => {
    expect(casesOf(operations(3), schemaEngine())).toEqual(casesOf(operations(3), schemaEngine()));
  });
});
