import { describe, expect, it } from 'vitest';
import type { JsonSchema } from '../../../../functions/contracts/service-contract.ts';
import { schemaEngine } from '../../../../functions/services/adapters/contract-tester.ts';
import { casesOf } from '../../../../functions/services/domain/contracts/contract-cases.ts';
import { contractOf, object } from '../../../support/services/contract-samples.ts';

const casesFor = (input: JsonSchema, limit = 200) => casesOf(contractOf(input), schemaEngine(), limit)[0]?.cases ?? [];
const valid = (input: JsonSchema) => casesFor(input).filter((each) => each.valid);
const invalid = (input: JsonSchema) => casesFor(input).filter((each) => !each.valid);
const field = (schema: JsonSchema) => object({ x: schema });

describe('invalid inputs', () => {
  it.each<[string, JsonSchema, string[]]>([
    ['each required field', object({ a: true, b: true }), ['a is missing', 'b is missing']],
    [
      'each type',
      object({ a: { type: 'string' }, b: { type: 'integer' } }),
      [
        'a has the type number, not string',
        'b has the type string, not integer',
        'b is not whole',
        'the input has the type number, not object',
      ],
    ],
    [
      'each bound of numbers',
      field({ type: 'integer', minimum: 1, maximum: 9, multipleOf: 1 }),
      ['x is below its minimum 1', 'x is above its maximum 9', 'x is no multiple of 1'],
    ],
    [
      'excluded bounds',
      field({ type: 'number', exclusiveMinimum: 1, exclusiveMaximum: 9 }),
      ['x is not above 1', 'x is not below 9'],
    ],
    [
      'each bound of texts',
      field({ type: 'string', minLength: 2, maxLength: 5 }),
      ['x is shorter than 2', 'x is longer than 5'],
    ],
    [
      'forms of texts',
      object({ a: { type: 'string', format: 'email' }, b: { type: 'string', pattern: '^b$' } }),
      ['a is not of the format email', 'b does not match its pattern'],
    ],
    ['values', field({ enum: ['red', 2] }), ['x is none of its values']],
    ['fields that nobody knows', object({}), ['the input has the unknown field unknown1']],
    [
      'lists',
      field({ type: 'array', minItems: 1, maxItems: 2, uniqueItems: true, items: { type: 'string' } }),
      [
        'x has fewer than 1 items',
        'x has more than 2 items',
        'x has an item twice',
        'x.0 has the type number, not string',
      ],
    ],
    [
      'fields within fields',
      field(object({ y: { type: 'string' } })),
      ['x.y is missing', 'x.y has the type number, not string', 'x has the unknown field unknown1'],
    ],
    [
      'how many fields there are',
      { type: 'object', minProperties: 1, maxProperties: 2 },
      ['the input has fewer than 1 fields', 'the input has more than 2 fields'],
    ],
  ])('break %s, and say how', (_, schema, expected) => {
    expect(invalid(schema).map(({ about }) => about)).toEqual(expect.arrayContaining(expected));
  });

  it('differ from a valid one in what is said of them, and in nothing else', () => {
    const schema = object({ a: { type: 'integer', minimum: 1 }, b: { type: 'string' } });
    expect(invalid(schema).find(({ about }) => about.startsWith('a is below'))?.input).toEqual({ a: 0, b: 'aaaa' });
  });

  it('are none where everything is taken', () => {
    expect(invalid(true)).toEqual([]);
    expect(valid(true)).toHaveLength(1);
  });
});
