import { describe, expect, it } from 'vitest';
import { withoutRings } from '../../../functions/gateway/adapters/any-json.ts';
import type { ApiSchema } from '../../../functions/gateway/domain/docs-model.ts';
import { fieldsOf, limitsOf, schemaView, typeOf } from '../../../functions/gateway/domain/docs-schema.ts';
import { textOf } from './markup.ts';

const task: ApiSchema = { $ref: '#/components/schemas/Task' };

it.each<[ApiSchema, string]>([
  [{ type: 'string' }, 'string'],
  [{ type: ['string', 'null'] }, 'string or null'],
  [{}, 'anything'],
  [{ anyOf: [task, { type: 'null' }] }, 'Task or null'],
  [{ oneOf: [task, { type: 'integer' }] }, 'Task or integer'],
  [{ type: 'array', items: task }, 'list of Task'],
  [{ type: 'object', additionalProperties: { type: 'string' } }, 'map of string'],
  [{ type: 'object', properties: { a: {} }, additionalProperties: false }, 'object'],
])('the type of %j reads "%s"', (schema, text) => {
  expect(textOf(typeOf(schema).markup)).toBe(text);
});

it('a component is a link to where it is told', () => {
  expect(typeOf(task).markup).toBe('<a href="#schema-Task">Task</a>');
});

it.each<[ApiSchema, string]>([
  [{ type: 'string' }, ''],
  [{ const: 'success' }, 'always success'],
  [{ enum: ['a', 1, null] }, 'one of a , 1 , null'],
  [{ format: 'uri' }, 'format uri'],
  [{ pattern: '^a$' }, 'pattern ^a$'],
  [{ minLength: 1, maxLength: 9, default: 'x' }, '1 to 9 characters; default x'],
  [{ minLength: 64, maxLength: 64 }, '64 characters'],
  [{ maxItems: 50, default: [] }, 'at most 50 items; default []'],
  [{ minItems: 1, items: { pattern: 'x' } }, 'at least 1 items; each: pattern x'],
  [{ minimum: 0, maximum: 9, default: 5 }, '0 to 9; default 5'],
  [{ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }, 'at least 0'],
  [{ minimum: -Number.MAX_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }, ''],
  [{ exclusiveMinimum: 0, exclusiveMaximum: 1 }, 'above 0; below 1'],
  [
    { propertyNames: { maxLength: 3 }, additionalProperties: { minimum: 1 } },
    'each name: at most 3 characters; each value: at least 1',
  ],
  [{ default: false }, 'default false'],
])('the limits of %j read "%s"', (schema, text) => {
  expect(textOf(limitsOf(schema).markup).replaceAll(' ;', ';')).toBe(text);
});

describe('fields', () => {
  const inner: ApiSchema = { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] };

  it('say whether they are required, and what they are', () => {
    const schema = { properties: { a: { type: 'string', description: 'The `a`.' }, b: {} }, required: ['a'] };
    expect(textOf(fieldsOf(schema).markup)).toBe('a string required The a . b anything optional');
  });

  it.each<[string, ApiSchema]>([
    ['an object', inner],
    ['a list', { type: 'array', items: inner }],
    ['a map', { type: 'object', additionalProperties: inner }],
    ['an alternative', { anyOf: [inner, { type: 'null' }] }],
  ])('of %s are folded into the field that holds it', (_what, schema) => {
    const { markup } = fieldsOf({ properties: { files: schema } });
    expect(markup).toMatch(/<details><summary>Fields of <code>files<\/code><\/summary>.*path.*<\/details>/s);
  });

  it('of alternatives stand one after the other', () => {
    const other = { type: 'object', properties: { url: { type: 'string' } } };
    expect(textOf(schemaView({ anyOf: [inner, other] }).markup)).toBe('path string required or url string optional');
  });
});

describe('any JSON value', () => {
  const ring = (name: string) => {
    const itself = { $ref: `#/components/schemas/${name}` };
    const plain = ['string', 'number', 'boolean', 'null'].map((type) => ({ type }));
    return { anyOf: [...plain, { type: 'array', items: itself }, { type: 'object', additionalProperties: itself }] };
  };

  it('is the empty schema, not a component with a made-up name', () => {
    const metadata = { additionalProperties: { $ref: '#/components/schemas/__schema0' } };
    const given = { components: { schemas: { Task: { properties: { metadata } }, __schema0: ring('__schema0') } } };
    const schemas = { Task: { properties: { metadata: { additionalProperties: {} } } } };
    expect(withoutRings(given)).toEqual({ components: { schemas } });
  });

  it('is not what another schema of alternatives means', () => {
    const given = { components: { schemas: { Other: ring('Elsewhere'), Choice: { anyOf: [{ type: 'string' }] } } } };
    expect(withoutRings(given)).toEqual(given);
  });
});
