import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonSchema } from '../../../../functions/contracts/service-contract.ts';
import { schemaEngine } from '../../../../functions/services/adapters/contract-tester.ts';
import { FORMATS } from '../../../../functions/services/domain/contracts/formats.ts';
import { contractFaults, schemaFaults } from '../../../../functions/services/domain/contracts/json-schema-rules.ts';
import { DRILL, runs } from '../../../support/seeds.ts';
import { contractOf, operation } from '../../../support/services/contract-samples.ts';
import { anyDraft } from '../../../support/services/contract-schemas.ts';

const faultsOf = (schema: unknown) => schemaFaults(schema as JsonSchema, 'at', schemaEngine());
const pathsOf = (schema: unknown) => faultsOf(schema).map(({ path }) => path);

/** As many levels of objects, with a text in the innermost. */
function nested(levels: number): JsonSchema {
  return levels === 1 ? { type: 'string' } : { type: 'object', properties: { a: nested(levels - 1) } };
}

const filled = (bytes: number) => ({ description: 'x'.repeat(bytes - JSON.stringify({ description: '' }).length) });

describe('a schema', () => {
  it.each<[string, unknown]>([
    ['nothing', {}],
    ['true', true],
    ['false', false],
    ['its draft', { $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object' }],
    ['keywords without a type', { properties: { a: { minLength: 1 } }, required: ['b'] }],
    ['several types', { type: ['string', 'null'] }],
    ['a tree', { type: 'object', properties: { kids: { type: 'array', items: { $ref: '#' } } } }],
    ['anchors', { $ref: '#a', $defs: { one: { $anchor: 'a', type: 'string' } } }],
    ['names that need escapes', { $ref: '#/$defs/a~1b~0%20c', $defs: { 'a/b~ c': { type: 'string' } } }],
    ['names that every object knows', { properties: { constructor: true, toString: { type: 'string' } } }],
    ['16 levels', nested(16)],
    ['32 KB', filled(32 * 1024)],
    ['what would be faults, in values', { const: { pattern: '^(a+)+$', $ref: 'https://example.com', $schema: 'x' } }],
    ['the same in examples', { examples: [{ pattern: '(' }], default: { $id: 'https://example.com' } }],
    ['a property called pattern', { properties: { pattern: { type: 'string' }, $ref: { type: 'string' } } }],
    ['every format', { anyOf: [...FORMATS.keys()].map((format) => ({ format })) }],
    ['conditions', JSON.parse('{ "if": { "type": "string" }, "then": { "minLength": 1 } }')],
  ])('may hold %s', (_, schema) => {
    expect(faultsOf(schema)).toEqual([]);
    expect(() => schemaEngine().compile(schema as JsonSchema)).not.toThrow();
  });

  it.each<[string, unknown, string[]]>([
    ['another draft', { $schema: 'http://json-schema.org/draft-07/schema#', type: 'string' }, ['at.$schema']],
    [
      'another draft within',
      { properties: { a: { $schema: 'http://json-schema.org/schema' } } },
      ['at.properties.a.$schema'],
    ],
    ['a type that there is not', { properties: { a: { type: 'colour' } } }, ['at.properties.a.type']],
    ['items as of older drafts', { items: [{ type: 'string' }] }, ['at.items']],
    ['a keyword that there is not', { anyOf: [{ typo: 1 }] }, ['at.anyOf.0.typo']],
    ["other tools' keywords", { nullable: true, $async: true, id: 'a' }, ['at.nullable', 'at.$async', 'at.id']],
    ['a keyword that every object knows', { items: { constructor: 1 } }, ['at.items.constructor']],
    ['a format that there is not', { $defs: { a: { format: 'colour' } } }, ['at.$defs.a.format']],
    ['a format that every object knows', { format: 'constructor' }, ['at.format']],
    ['what strict mode refuses', { properties: { a: { if: true } } }, ['at.properties.a']],
    [
      'two things that strict mode refuses',
      { prefixItems: [{ minContains: 1 }, { enum: [] }] },
      ['at.prefixItems.0', 'at.prefixItems.1'],
    ],
    ['an address', { $id: 'https://example.com/schema' }, ['at.$id']],
    ['a remote reference', { properties: { a: { $ref: 'https://example.com/s' } } }, ['at.properties.a.$ref']],
    ['a reference to a file', { $ref: 'other.json#/a' }, ['at.$ref']],
    ['a remote dynamic reference', { not: { $dynamicRef: 'https://example.com/s#a' } }, ['at.not.$dynamicRef']],
    ['a reference to nothing', { $ref: '#/$defs/a', $defs: {} }, ['at.$ref']],
    ['a reference to what is no schema', { $ref: '#/default', default: { pattern: '^(a+)+$' } }, ['at.$ref']],
    ['an anchor twice', { $defs: { a: { $anchor: 'x' }, b: { $dynamicAnchor: 'x' } } }, ['at.$defs.b']],
    ['itself', { $ref: '#' }, ['at']],
    [
      'itself by way of others',
      { $defs: { a: { not: { $ref: '#/$defs/b' } }, b: { allOf: [{ $ref: '#/$defs/a' }] } } },
      ['at.$defs.a'],
    ],
    ['17 levels', nested(17), [`at${'.properties.a'.repeat(16)}`]],
    ['more than 32 KB', filled(32 * 1024 + 1), ['at']],
    ['more than 32 KB, in letters of two bytes', { description: 'é'.repeat(17 * 1024) }, ['at']],
    ['the name __proto__', JSON.parse('{ "properties": { "__proto__": { "type": "string" } } }'), ['at.properties']],
  ])('must not hold %s', (_, schema, paths) => {
    expect(pathsOf(schema)).toEqual(paths);
  });

  it('is refused for values nested deeper than anything may walk, wherever they are', () => {
    const deep = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)) as unknown;
    for (const keyword of ['const', 'allOf', 'properties', 'typo']) {
      expect(faultsOf({ [keyword]: deep })).toEqual([
        expect.objectContaining({ message: expect.stringContaining('nested') }),
      ]);
    }
  });

  it('is refused where references multiply: each of thirty twice the next makes a thousand million', () => {
    const twice = (index: number) => ({ allOf: [{ $ref: `#/$defs/d${index}` }, { $ref: `#/$defs/d${index}` }] });
    const $defs = Object.fromEntries(
      Array.from({ length: 30 }, (_, index) => [`d${index}`, index < 29 ? twice(index + 1) : {}]),
    );
    expect(faultsOf({ $ref: '#/$defs/d0', $defs })).toEqual([
      expect.objectContaining({ message: expect.stringContaining('too many') }),
    ]);
  });

  it('is refused where references lead on so far that it could not be compiled, and only there', () => {
    const link = (to: number) => ({
      patternProperties: { a: { patternProperties: { b: { $ref: `#/$defs/d${to}` } } } },
    });
    const schemas = (count: number, next: (index: number) => number) => ({
      $ref: '#/$defs/d0',
      $defs: Object.fromEntries(Array.from({ length: count }, (_, index) => [`d${index}`, link(next(index))])),
      properties: Object.fromEntries(
        Array.from({ length: count }, (_, index) => [index, { $ref: `#/$defs/d${index}` }]),
      ),
    });
    const inRing = (count: number) => schemas(count, (index) => (index + 1) % count);
    const toOne = (count: number) => schemas(count, () => 0);
    expect(faultsOf(inRing(70))).toEqual([{ path: 'at', message: 'has references that lead on too far' }]);
    for (const accepted of [inRing(65), toOne(150)]) {
      expect(faultsOf(accepted)).toEqual([]);
      expect(() => schemaEngine().compile(accepted)).not.toThrow();
    }
  });
});

it('a contract shows the faults of all its schemas by their paths, a hundred at most', () => {
  const bad = { type: 'string', pattern: '^(a+)+$' };
  const contract = {
    version: '1',
    operations: [operation('one', true, { $ref: 'x' }), operation('two', { properties: { name: bad } })],
  };
  expect(contractFaults(contract, schemaEngine()).map(({ path }) => path)).toEqual([
    'operations.0.output.$ref',
    'operations.1.input.properties.name.pattern',
  ]);
  const typos = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`typo${index}`, 1]));
  expect(contractFaults(contractOf(typos), schemaEngine())).toHaveLength(100);
});

it('what is accepted can be compiled', DRILL, async () => {
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(anyDraft, async (draft) => {
      if (faultsOf(draft).length > 0) return;
      accepted += 1;
      expect(() => schemaEngine().compile(draft)).not.toThrow();
    }),
    { numRuns: 4 * runs() },
  );
  expect(accepted).toBeGreaterThan(runs() / 10);
});
