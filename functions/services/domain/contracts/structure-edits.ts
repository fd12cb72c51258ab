import type { Sampler } from './sampler.ts';
import type { SchemaObject } from './schema-keywords.ts';
import type { Shape } from './schema-shapes.ts';
import { namedFields, requiredNames, schemaOfField } from './shape-parts.ts';

/**
 * A change of one thing in a value that should leave it valid or should not, and what that thing is then: `is missing`. `path` leads to it
 * (`address.city`), empty for the value itself.
 */
export interface Edit {
  path: string;
  valid: boolean;
  what: string;
  /** The value, changed; `undefined` where that can't be done. Most edits are never made. */
  make(): unknown;
}

/** Longer lists and larger objects say no more, and would fill a report. */
const MAX_PARTS = 100;

const isNumber = (value: unknown): value is number => typeof value === 'number';

/** Fields taken away and added. */
export function* objectEdits(shape: Shape, value: SchemaObject, sampler: Sampler): Generator<Edit> {
  const required = requiredNames(shape);
  for (const name of required) yield { path: name, valid: false, what: 'is missing', make: () => without(value, name) };
  for (const [name, schema] of namedFields(shape)) {
    if (required.has(name)) continue;
    yield Object.hasOwn(value, name)
      ? { path: name, valid: true, what: 'is left out', make: () => without(value, name) }
      : {
          path: name,
          valid: true,
          what: 'is there',
          make: () => withField(value, name, sampler.sample(schema, 'least')),
        };
  }
  yield* objectSizes(shape, value, sampler);
}

function* objectSizes(shape: Shape, value: SchemaObject, sampler: Sampler): Generator<Edit> {
  const { minProperties, maxProperties } = shape;
  const withUnknown = (count: number) => {
    const names = Array.from({ length: count }, (_, index) => `unknown${index + 1}`);
    const sample = (name: string) => sampler.sample(schemaOfField(shape, name, sampler.fits), 'least') ?? 'a';
    return { ...value, ...Object.fromEntries(names.map((name) => [name, sample(name)])) };
  };
  yield { path: '', valid: false, what: 'has the unknown field unknown1', make: () => withUnknown(1) };
  if (isNumber(minProperties) && minProperties > 0) {
    const make = () => Object.fromEntries(Object.entries(value).slice(0, minProperties - 1));
    yield { path: '', valid: false, what: `has fewer than ${minProperties} fields`, make };
  }
  if (isNumber(maxProperties) && maxProperties < MAX_PARTS) {
    const make = () => withUnknown(Math.max(0, maxProperties + 1 - Object.keys(value).length));
    yield { path: '', valid: false, what: `has more than ${maxProperties} fields`, make };
  }
}

/** Items taken away and added. */
export function* listEdits(shape: Shape, value: readonly unknown[], sampler: Sampler): Generator<Edit> {
  const { minItems, maxItems, uniqueItems } = shape;
  const ofLength = (length: number) => sampler.sampleOf({ ...shape, minItems: length, maxItems: length }, 'least');
  if (isNumber(minItems) && minItems > 0 && minItems < MAX_PARTS) {
    const what = `has fewer than ${minItems} items`;
    yield { path: '', valid: false, what, make: () => value.slice(0, minItems - 1) };
    yield { path: '', valid: true, what: `has its fewest items, ${minItems}`, make: () => ofLength(minItems) };
  }
  if (isNumber(maxItems) && maxItems < MAX_PARTS) {
    const repeated = () => Array.from({ length: maxItems + 1 }, (_, index) => value[index] ?? value[0] ?? 'a');
    const what = `has more than ${maxItems} items`;
    yield { path: '', valid: false, what, make: () => ofLength(maxItems + 1) ?? repeated() };
    yield { path: '', valid: true, what: `has its most items, ${maxItems}`, make: () => ofLength(maxItems) };
  }
  if (uniqueItems === true && value.length > 0) {
    yield { path: '', valid: false, what: 'has an item twice', make: () => [...value, value[0]] };
  }
  if (!isNumber(minItems) || minItems === 0) yield { path: '', valid: true, what: 'is empty', make: () => [] };
}

function without(value: SchemaObject, name: string): SchemaObject {
  return Object.fromEntries(Object.entries(value).filter(([other]) => other !== name));
}

function withField(value: SchemaObject, name: string, field: unknown): SchemaObject | undefined {
  return field === undefined ? undefined : { ...value, [name]: field };
}
