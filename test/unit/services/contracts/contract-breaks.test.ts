import { describe, expect, it } from 'vitest';
import type { JsonSchema, ServiceContract } from '../../../../functions/contracts/service-contract.ts';
import { contractBreaks } from '../../../../functions/services/domain/contracts/contract-breaks.ts';
import { contractOf, object, operation } from '../../../support/services/contract-samples.ts';

const text = { type: 'string' };
const whole = { type: 'integer' };
const paths = (before: ServiceContract, after: ServiceContract) =>
  contractBreaks(before, after).map(({ path }) => path);
const inputBreaks = (before: JsonSchema, after: JsonSchema) =>
  paths(contractOf(before), contractOf(after, true, '1.1.0'));
const outputBreaks = (before: JsonSchema, after: JsonSchema) =>
  paths(contractOf(true, before), contractOf(true, after, '1.1.0'));

describe('an input', () => {
  it.each<[string, JsonSchema, JsonSchema, string[]]>([
    ['asks for a new field', object({ a: text }), object({ a: text, b: text }), ['.properties.b']],
    ['asks for a field that was optional', object({ a: text }, []), object({ a: text }), ['.properties.a']],
    [
      'asks for a field that it does not describe',
      { type: 'object' },
      { type: 'object', required: ['a'] },
      ['.properties.a'],
    ],
    [
      'asks for a new field within a field',
      object({ a: object({}) }),
      object({ a: object({ b: text }) }),
      ['.properties.a.properties.b'],
    ],
    ['asks for a new field of items', { items: object({}) }, { items: object({ b: text }) }, ['.items.properties.b']],
    [
      'asks for a new field of a map',
      { additionalProperties: object({}) },
      { additionalProperties: object({ b: text }) },
      ['.additionalProperties.properties.b'],
    ],
    ['takes another type', object({ a: text }), object({ a: whole }), ['.properties.a']],
    ['takes one type less', object({ a: { type: ['string', 'null'] } }), object({ a: text }), ['.properties.a']],
    ['takes whole numbers only', object({ a: { type: 'number' } }), object({ a: whole }), ['.properties.a']],
    ['takes no longer anything', object({ a: true }), object({ a: text }), ['.properties.a']],
    [
      'takes one value less',
      object({ a: { enum: ['x', 'y', 'z'] } }),
      object({ a: { enum: ['y', 'w'] } }),
      ['.properties.a', '.properties.a'],
    ],
    ['takes some values only', object({ a: text }), object({ a: { const: 'x' } }), ['.properties.a']],
    ['takes a field no longer', object({ a: text, b: text }, ['a']), object({ a: text }), ['.properties.b']],
  ])('breaks where it %s', (_, before, after, expected) => {
    expect(inputBreaks(before, after)).toEqual(expected.map((path) => `operations.0.input${path}`));
  });

  it.each<[string, JsonSchema, JsonSchema]>([
    ['takes a new field that may be left out', object({ a: text }), object({ a: text, b: text }, ['a'])],
    ['asks for less', object({ a: text, b: text }), object({ a: text, b: text }, ['a'])],
    ['takes one type more', object({ a: whole }), object({ a: { type: 'number' } })],
    ['takes anything', object({ a: text }), object({ a: true })],
    ['takes one value more', object({ a: { enum: ['x'] } }), object({ a: { enum: ['x', 'y'] } })],
    ['lets a field go by that it no longer knows', { properties: { a: text } }, { properties: {} }],
    ['asks in one of its branches only', { type: 'object' }, { type: 'object', anyOf: [{ required: ['a'] }, {}] }],
  ])('breaks nothing where it %s', (_, before, after) => {
    expect(inputBreaks(before, after)).toEqual([]);
  });
});

describe('an output', () => {
  it.each<[string, JsonSchema, JsonSchema, string[]]>([
    ['loses a field', object({ a: text, b: text }), object({ a: text }), ['.properties.b']],
    ['loses a field that came at times', object({ a: text }, []), object({}), ['.properties.a']],
    [
      'loses a field within a field',
      object({ a: object({ b: text }) }),
      object({ a: object({}) }),
      ['.properties.a.properties.b'],
    ],
    ['loses a field of items', { items: object({ b: text }) }, { items: object({}) }, ['.items.properties.b']],
    ['has a field at times only', object({ a: text }), object({ a: text }, []), ['.properties.a']],
    ['has another type', object({ a: text }), object({ a: whole }), ['.properties.a']],
    ['has one type more', object({ a: text }), object({ a: { type: ['string', 'null'] } }), ['.properties.a']],
    ['may be anything', object({ a: text }), object({ a: {} }), ['.properties.a']],
    ['lists several', { type: 'object' }, { type: 'array' }, ['']],
  ])('breaks where it %s', (_, before, after, expected) => {
    expect(outputBreaks(before, after)).toEqual(expected.map((path) => `operations.0.output${path}`));
  });

  it.each<[string, JsonSchema, JsonSchema]>([
    ['has a new field', object({ a: text }), object({ a: text, b: text })],
    ['has a field always', object({ a: text }, []), object({ a: text })],
    ['has whole numbers only', object({ a: { type: 'number' } }), object({ a: whole })],
    ['has one type less', object({ a: { type: ['string', 'null'] } }), object({ a: text })],
    ['says the same by a reference', object({ a: text }), { $ref: '#/$defs/a', $defs: { a: object({ a: text }) } }],
    ['says the same in parts', object({ a: text, b: text }), { allOf: [object({ a: text }), object({ b: text })] }],
    [
      'says the same in branches',
      object({ a: text }),
      { type: 'object', oneOf: [object({ a: text }), object({ a: text, b: text })] },
    ],
    ['says it without its type', { type: 'object', properties: { a: text } }, { properties: { a: text } }],
  ])('breaks nothing where it %s', (_, before, after) => {
    expect(outputBreaks(before, after)).toEqual([]);
  });
});

describe('a contract', () => {
  const broken: ServiceContract = {
    version: '1.9.0',
    operations: [operation('other', object({ b: text }), {}), operation('price', object({ b: text }), whole)],
  };
  const before: ServiceContract = {
    version: '1.2.0',
    operations: [operation('price', object({ a: text }), text), operation('gone', true)],
  };

  it('shows all of its breaks, by their paths in the new version', () => {
    expect(contractBreaks(before, broken)).toEqual([
      { path: 'operations.1.input.properties.b', message: 'is required now' },
      { path: 'operations.1.input.properties.a', message: 'is not taken any more' },
      { path: 'operations.1.output', message: 'changed its type from string to integer' },
      { path: 'operations', message: 'the operation gone is gone' },
    ]);
  });

  it.each([
    ['2.0.0', 0],
    ['10.0.0', 0],
    ['1.10.0', 4],
    ['1', 4],
    ['0.9.0', 4],
  ])('may break what 1.2.0 promised only by the next major version: %s', (version, count) => {
    expect(contractBreaks(before, { ...broken, version })).toHaveLength(count);
  });

  it('that refers to itself is compared to an end', () => {
    const tree = (field: string) =>
      object({ kids: { type: 'array', items: { $ref: '#' } }, both: { $ref: '#' }, [field]: text }, []);
    expect(outputBreaks(tree('a'), tree('a'))).toEqual([]);
    expect(outputBreaks(tree('a'), tree('b'))).toContain('operations.0.output.properties.kids.items.properties.a');
  });
});
