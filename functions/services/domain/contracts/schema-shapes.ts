import type { JsonSchema } from '../../../contracts/service-contract.ts';
import type { SchemaDocument } from './schema-document.ts';
import { schemaDocument } from './schema-document.ts';
import type { SchemaObject } from './schema-keywords.ts';
import { isObject, isSchema } from './schema-keywords.ts';

/** One way to fulfil a schema, said by keywords of its own: no references, no `allOf`, no branches. A `const` is an `enum` of one. */
export type Shape = SchemaObject;

/** How many shapes one schema may have. Beyond, the last parts that have several are cut short, unless only all of them will do. */
interface Limit {
  most: number;
  all: boolean;
}

/** Enough to make cases of. */
const SOME: Limit = { most: 24, all: false };

/** A schema has more shapes than anybody may look at. */
export class TooManyShapes extends Error {}

/**
 * The shapes of a schema and of all that are part of it. What they say is a guess to be checked, as `not` and the like are left out.
 * Where all are asked for, it throws `TooManyShapes` of a schema that has more than the most.
 */
export function shaper(root: JsonSchema, limit = SOME): (schema: JsonSchema) => readonly Shape[] {
  const document = schemaDocument(root);
  const known = new Map<JsonSchema, readonly Shape[]>();
  const shapesOf = (schema: JsonSchema): readonly Shape[] => {
    const before = known.get(schema);
    if (before !== undefined) return before;
    const shapes = flattened(schema, { document, shapesOf, limit });
    known.set(schema, shapes);
    return shapes;
  };
  return shapesOf;
}

interface Flattening {
  document: SchemaDocument;
  shapesOf(schema: JsonSchema): readonly Shape[];
  limit: Limit;
}

function flattened(schema: JsonSchema, flattening: Flattening): readonly Shape[] {
  const { document, shapesOf, limit } = flattening;
  if (typeof schema === 'boolean') return schema ? [{}] : [];
  const { $ref, $dynamicRef, allOf, anyOf, oneOf, dependentSchemas, const: only, ...own } = schema;
  const targets = [$ref, $dynamicRef].flatMap((reference) =>
    typeof reference === 'string' ? [document.find(reference)?.schema ?? false] : [],
  );
  const parts = [
    [only === undefined ? own : { ...own, enum: [only] }],
    ...[...targets, ...schemasIn(allOf)].map(shapesOf),
    ...[anyOf, oneOf].filter(Array.isArray).map((branches) => schemasIn(branches).flatMap(shapesOf)),
    conditional(schema, flattening),
    isObject(dependentSchemas)
      ? [{}, ...combined(Object.values(dependentSchemas).filter(isSchema).map(shapesOf), limit)]
      : [{}],
  ];
  return combined(parts, limit);
}

function schemasIn(value: unknown): JsonSchema[] {
  return Array.isArray(value) ? value.filter(isSchema) : [];
}

function conditional(schema: SchemaObject, { shapesOf, limit }: Flattening): readonly Shape[] {
  if (!isSchema(schema.if)) return [{}];
  const [then, otherwise] = [schema.then, schema.else].map((branch) => (isSchema(branch) ? shapesOf(branch) : [{}]));
  return [...combined([shapesOf(schema.if), then ?? []], limit), ...(otherwise ?? [])];
}

/** Each shape of each part with each of the others, as far as there is room; the first of each at least. */
function combined(parts: readonly (readonly Shape[])[], { most, all }: Limit): readonly Shape[] {
  return parts.reduce<readonly Shape[]>(
    (shapes, part) => {
      const room = Math.max(1, Math.floor(most / shapes.length));
      if (all && part.length > room) throw new TooManyShapes();
      const pairs = shapes.flatMap((shape) => part.slice(0, room).map((other) => merged(shape, other)));
      return pairs.filter(isPossible);
    },
    [{}],
  );
}

/** Nothing is of no type, or one of no values. */
const isPossible = ({ type, enum: values }: Shape) =>
  ![type, values].some((list) => Array.isArray(list) && list.length === 0);

type Merge = (one: never, other: never) => unknown;

const both = (one: JsonSchema, other: JsonSchema): JsonSchema => ({ allOf: [one, other] });
const HIGHER: Merge = (one: number, other: number) => Math.max(one, other);
const LOWER: Merge = (one: number, other: number) => Math.min(one, other);

/** How two values of a keyword are said as one; of any other keyword, the second stays. */
const MERGES = new Map<string, Merge>([
  ...['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties', 'minContains'].map(
    (keyword): [string, Merge] => [keyword, HIGHER],
  ),
  ...['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties', 'maxContains'].map(
    (keyword): [string, Merge] => [keyword, LOWER],
  ),
  ...['items', 'additionalProperties', 'propertyNames', 'contains'].map((keyword): [string, Merge] => [keyword, both]),
  ['properties', mergedSchemas],
  ['patternProperties', mergedSchemas],
  ['required', (one: string[], other: string[]) => [...new Set([...one, ...other])]],
  ['dependentRequired', (one: object, other: object) => ({ ...one, ...other })],
  ['enum', (one: unknown[], other: unknown[]) => one.filter((value) => other.some((each) => same(value, each)))],
  ['type', mergedTypes],
]);

function merged(one: Shape, other: Shape): Shape {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...names].map((keyword) => [keyword, mergedValue(keyword, one[keyword], other[keyword])]));
}

function mergedValue(keyword: string, one: unknown, other: unknown): unknown {
  if (one === undefined || other === undefined) return one ?? other;
  const merge = MERGES.get(keyword);
  return merge === undefined ? other : merge(one as never, other as never);
}

function mergedSchemas(one: Record<string, JsonSchema>, other: Record<string, JsonSchema>) {
  const entries = new Map(Object.entries(one));
  for (const [name, schema] of Object.entries(other)) {
    const before = entries.get(name);
    entries.set(name, before === undefined ? schema : both(before, schema));
  }
  return Object.fromEntries(entries);
}

function mergedTypes(one: string | string[], other: string | string[]): string[] {
  const others = new Set([other].flat());
  const numbers =
    [one, other].flat().includes('integer') && [one].flat().some(isNumeric) && [...others].some(isNumeric);
  return [...[one].flat().filter((type) => others.has(type)), ...(numbers ? ['integer'] : [])];
}

const isNumeric = (type: string) => type === 'integer' || type === 'number';

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
