import type { Sampler } from './sampler.ts';
import type { RuleCase } from './scalar-values.ts';
import type { SchemaObject } from './schema-keywords.ts';
import type { Shape } from './schema-shapes.ts';
import { namedFields, requiredNames, schemaOfField } from './shape-parts.ts';

/** A value with one thing in it changed. `path` leads to what was changed (`address.city`), empty for the value itself. */
export interface Edit extends RuleCase {
  path: string;
}

/** Longer lists and larger objects say no more, and would fill a report. */
const MAX_PARTS = 100;

const isNumber = (value: unknown): value is number => typeof value === 'number';

/** Fields taken away and added. */
export function* objectEdits(shape: Shape, value: SchemaObject, sampler: Sampler): Generator<Edit> {
  const required = requiredNames(shape);
  for (const name of required) yield { path: name, valid: false, what: 'is missing', value: without(value, name) };
  for (const [name, schema] of namedFields(shape)) {
    if (required.has(name)) continue;
    const there = Object.hasOwn(value, name);
    const field = there ? undefined : sampler.sample(schema, 'least');
    if (there) yield { path: name, valid: true, what: 'is left out', value: without(value, name) };
    if (field !== undefined) yield { path: name, valid: true, what: 'is there', value: { ...value, [name]: field } };
  }
  yield* objectSizes(shape, value, sampler);
}

function* objectSizes(shape: Shape, value: SchemaObject, sampler: Sampler): Generator<Edit> {
  const { minProperties, maxProperties } = shape;
  const further = (count: number) => {
    const names = Array.from({ length: count }, (_, index) => `unknown${index + 1}`);
    const fields = names.map((name) => [
      name,
      sampler.sample(schemaOfField(shape, name, sampler.fits), 'least') ?? 'a',
    ]);
    return { ...value, ...Object.fromEntries(fields) };
  };
  yield { path: '', valid: false, what: 'has the unknown field unknown1', value: further(1) };
  if (isNumber(minProperties) && minProperties > 0) {
    const fewer = Object.fromEntries(Object.entries(value).slice(0, minProperties - 1));
    yield { path: '', valid: false, what: `has fewer than ${minProperties} fields`, value: fewer };
  }
  if (isNumber(maxProperties) && maxProperties < MAX_PARTS) {
    const more = further(Math.max(0, maxProperties + 1 - Object.keys(value).length));
    yield { path: '', valid: false, what: `has more than ${maxProperties} fields`, value: more };
  }
}

/** Items taken away and added. */
export function* listEdits(shape: Shape, value: readonly unknown[], sampler: Sampler): Generator<Edit> {
  const { minItems, maxItems, uniqueItems } = shape;
  const ofLength = (length: number) => sampler.sampleOf({ ...shape, minItems: length, maxItems: length }, 'least');
  if (isNumber(minItems) && minItems > 0 && minItems < MAX_PARTS) {
    const fewer = value.slice(0, minItems - 1);
    yield { path: '', valid: false, what: `has fewer than ${minItems} items`, value: fewer };
    yield { path: '', valid: true, what: `has its fewest items, ${minItems}`, value: ofLength(minItems) };
  }
  if (isNumber(maxItems) && maxItems < MAX_PARTS) {
    const more = ofLength(maxItems + 1) ?? [...value, ...Array.from({ length: maxItems + 1 }, () => value[0] ?? 'a')];
    yield { path: '', valid: false, what: `has more than ${maxItems} items`, value: more };
    yield { path: '', valid: true, what: `has its most items, ${maxItems}`, value: ofLength(maxItems) };
  }
  if (uniqueItems === true && value.length > 0) {
    yield { path: '', valid: false, what: 'has an item twice', value: [...value, value[0]] };
  }
  if (!isNumber(minItems) || minItems === 0) yield { path: '', valid: true, what: 'is empty', value: [] };
}

function without(value: SchemaObject, name: string): SchemaObject {
  const { [name]: _removed, ...rest } = value;
  return rest;
}
