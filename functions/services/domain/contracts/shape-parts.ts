import type { JsonSchema } from '../../../contracts/service-contract.ts';
import type { Fits } from './scalar-values.ts';
import { isObject, isSchema } from './schema-keywords.ts';
import type { Shape } from './schema-shapes.ts';

const KINDS: readonly [string, readonly string[]][] = [
  ['object', ['properties', 'required', 'additionalProperties', 'patternProperties', 'minProperties', 'propertyNames']],
  ['array', ['items', 'prefixItems', 'minItems', 'maxItems', 'contains', 'uniqueItems']],
  ['string', ['minLength', 'maxLength', 'pattern', 'format']],
  ['number', ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf']],
];

/** The JSON types that a shape names; none where it names none. */
export function typesOf({ type }: Shape): string[] {
  return [type].flat().filter((each) => typeof each === 'string');
}

/** The type to make a value of: the first that it names and that is more than null, or the one that its keywords speak of. */
export function kindOf(shape: Shape): string | undefined {
  const [first] = typesOf(shape).toSorted((one, other) => Number(one === 'null') - Number(other === 'null'));
  return first ?? KINDS.find(([, keywords]) => keywords.some((keyword) => shape[keyword] !== undefined))?.[0];
}

/** Those that must be there, and those that must be there because of them. */
export function requiredNames({ required, dependentRequired }: Shape): Set<string> {
  const names = new Set(strings(required));
  const dependents = new Map(Object.entries(isObject(dependentRequired) ? dependentRequired : {}));
  for (const name of names) for (const other of strings(dependents.get(name))) names.add(other);
  return names;
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

/** The schemas of the fields that a shape names. */
export function namedFields({ properties }: Shape): Map<string, JsonSchema> {
  return schemasIn(properties);
}

/** The schemas of the fields that it names by a pattern. */
export function patternFields({ patternProperties }: Shape): Map<string, JsonSchema> {
  return schemasIn(patternProperties);
}

function schemasIn(value: unknown): Map<string, JsonSchema> {
  const entries = Object.entries(isObject(value) ? value : {});
  return new Map(entries.flatMap(([name, schema]) => (isSchema(schema) ? [[name, schema] as const] : [])));
}

export function schemaOfField(shape: Shape, name: string, fits: Fits): JsonSchema {
  const { properties } = shape;
  if (isObject(properties) && Object.hasOwn(properties, name)) return asSchema(properties[name]);
  const byPattern = [...patternFields(shape)].find(([pattern]) => fits({ pattern }, name));
  if (byPattern !== undefined) return byPattern[1];
  return asSchema(shape.additionalProperties);
}

const asSchema = (value: unknown): JsonSchema => (isSchema(value) ? value : true);

/** How many items a list has at least: those that it must contain come after those that have a schema each. */
export function leastItems(shape: Shape): number {
  const contained = containedItems(shape);
  const least = typeof shape.minItems === 'number' ? shape.minItems : 0;
  return Math.max(least, contained > 0 ? ownItems(shape).length + contained : 0);
}

/** The schemas of the first items. */
export function ownItems({ prefixItems }: Shape): JsonSchema[] {
  return Array.isArray(prefixItems) ? prefixItems.filter(isSchema) : [];
}

export function schemaOfItem(shape: Shape, index: number): JsonSchema {
  const own = ownItems(shape);
  const rest = asSchema(shape.items);
  return own[index] ?? (index < own.length + containedItems(shape) ? { allOf: [shape.contains, rest] } : rest);
}

function containedItems({ contains, minContains }: Shape): number {
  if (!isSchema(contains)) return 0;
  return typeof minContains === 'number' ? minContains : 1;
}
