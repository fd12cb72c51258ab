import type { JsonSchema } from '../../../contracts/service-contract.ts';

export type SchemaObject = Record<string, unknown>;

/** A schema right below another. `steps` lead to it: one keyword, and for lists and maps which of its schemas. */
export interface ChildSchema {
  keyword: string;
  steps: readonly string[];
  schema: JsonSchema;
}

const ONE_SCHEMA = new Set([
  'additionalProperties',
  'contains',
  'contentSchema',
  'else',
  'if',
  'items',
  'not',
  'propertyNames',
  'then',
  'unevaluatedItems',
  'unevaluatedProperties',
]);

/** Lists of schemas, and schemas by name. */
const MANY_SCHEMAS = new Set([
  'allOf',
  'anyOf',
  'oneOf',
  'prefixItems',
  '$defs',
  'definitions',
  'dependencies',
  'dependentSchemas',
  'patternProperties',
  'properties',
]);

/** Keywords whose values are no schemas. */
const PLAIN = [
  '$anchor $comment $dynamicAnchor $dynamicRef $id $ref $schema $vocabulary',
  'const dependentRequired enum exclusiveMaximum exclusiveMinimum maxContains maxItems maxLength maxProperties maximum',
  'minContains minItems minLength minProperties minimum multipleOf pattern required type uniqueItems format',
  'contentEncoding contentMediaType default deprecated description examples readOnly title writeOnly',
].flatMap((line) => line.split(' '));

/** All of draft 2020-12, with the two older names that its meta-schema still lists. */
export const KEYWORDS: ReadonlySet<string> = new Set([...ONE_SCHEMA, ...MANY_SCHEMAS, ...PLAIN]);

/** By what one schema refers to another. */
export const REFERENCES = ['$ref', '$dynamicRef'] as const;

export function isObject(value: unknown): value is SchemaObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'boolean' || isObject(value);
}

/** Reads what may be malformed: a value that is no schema where one belongs is left out. */
export function childrenOf(schema: JsonSchema): ChildSchema[] {
  return typeof schema === 'boolean' ? [] : Object.entries(schema).flatMap(childrenBy);
}

function childrenBy([keyword, value]: [string, unknown]): ChildSchema[] {
  if (ONE_SCHEMA.has(keyword)) return isSchema(value) ? [{ keyword, steps: [keyword], schema: value }] : [];
  if (!MANY_SCHEMAS.has(keyword) || typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, schema]) =>
    isSchema(schema) ? [{ keyword, steps: [keyword, name], schema }] : [],
  );
}

/** The known keywords of the schema itself, with nothing below them, nothing that leads elsewhere, and nothing that is looked at apart. */
export function withoutChildren(schema: JsonSchema): JsonSchema {
  if (typeof schema === 'boolean') return schema;
  const own = Object.entries(schema).filter(
    ([keyword]) => KEYWORDS.has(keyword) && !/^(\$|pattern$|format$)/.test(keyword),
  );
  return Object.fromEntries(own.map(([keyword, value]) => [keyword, emptied(keyword, value)]));
}

function emptied(keyword: string, value: unknown): unknown {
  if (ONE_SCHEMA.has(keyword)) return true;
  if (!MANY_SCHEMAS.has(keyword)) return value;
  return Array.isArray(value) ? [true] : {};
}
