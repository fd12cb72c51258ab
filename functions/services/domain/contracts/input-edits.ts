import type { JsonSchema } from '../../../contracts/service-contract.ts';
import { interleaved } from './interleaved.ts';
import type { Sampler } from './sampler.ts';
import type { RuleCase } from './scalar-values.ts';
import { numberCases, textCases } from './scalar-values.ts';
import { isObject } from './schema-keywords.ts';
import type { Shape } from './schema-shapes.ts';
import { ownItems, schemaOfField, schemaOfItem, typesOf } from './shape-parts.ts';
import type { Edit } from './structure-edits.ts';
import { listEdits, objectEdits } from './structure-edits.ts';

/** Deeper fields are only ever what the sample made them. */
const MAX_DEPTH = 8;

/**
 * What a schema says of a value that fits, one change at a time: some changes should leave it so, others should not. Whether they do, a
 * check has to tell, because another part of the schema may say otherwise. Fields take turns, so that none uses up a limit.
 */
export function* editsOf(schema: JsonSchema, value: unknown, sampler: Sampler, depth = 0): Generator<Edit> {
  if (depth > MAX_DEPTH) return;
  const shapes = sampler.shapesOf(schema);
  const ofType = here(typeCases(shapes));
  if (depth > 0) yield* ofType;
  for (const shape of shapes) yield* ownEdits(shape, value, sampler);
  yield* interleaved(shapes.flatMap((shape) => partsOf(shape, value, { sampler, depth })));
  yield* formEdits(shapes, sampler);
  if (depth === 0) yield* ofType;
}

function* ownEdits(shape: Shape, value: unknown, sampler: Sampler): Generator<Edit> {
  yield* here(enumCases(shape));
  if (isObject(value)) yield* objectEdits(shape, value, sampler);
  else if (Array.isArray(value)) yield* listEdits(shape, value, sampler);
  else if (typeof value === 'string') yield* here(textCases(shape, sampler.fits));
  else if (typeof value === 'number') yield* here(numberCases(shape));
}

function* here(cases: Iterable<RuleCase>): Generator<Edit> {
  for (const { value, ...each } of cases) yield { path: '', ...each, make: () => value };
}

function* enumCases(shape: Shape): Generator<RuleCase> {
  const values = Array.isArray(shape.enum) ? shape.enum : [];
  if (values.length > 0) {
    const numbers = values.filter((value) => typeof value === 'number');
    const value = numbers.length > 0 ? Math.max(...numbers) + 1 : 'none of these';
    yield { valid: false, what: 'is none of its values', value };
  }
  const both = typesOf(shape).includes('boolean') && values.length === 0 ? [true, false] : [];
  for (const value of [...values, ...both]) yield { valid: true, what: `is ${JSON.stringify(value)}`, value };
}

/** Every other type and shape that the schema leaves open. */
function* formEdits(shapes: readonly Shape[], sampler: Sampler): Generator<Edit> {
  for (const [index, shape] of shapes.entries()) {
    const types = typesOf(shape).length > 1 ? typesOf(shape) : [];
    for (const type of types) {
      const make = () => sampler.sampleOf({ ...shape, type }, 'least');
      yield { path: '', valid: true, what: `has the type ${type}`, make };
    }
    const make = () => sampler.sampleOf(shape, 'least');
    if (shapes.length > 1) yield { path: '', valid: true, what: `takes form ${index + 1}`, make };
  }
}

const OF_EACH_TYPE: readonly [string, unknown][] = [
  ['number', 7],
  ['string', 'text'],
  ['boolean', true],
  ['object', {}],
  ['array', []],
  ['null', null],
];

/** A value of a type that no shape takes. */
function* typeCases(shapes: readonly Shape[]): Generator<RuleCase> {
  if (shapes.length === 0 || shapes.some((shape) => typesOf(shape).length === 0)) return;
  const types = new Set(shapes.flatMap(typesOf));
  const isTaken = (type: string) => types.has(type) || (type === 'number' && types.has('integer'));
  const wrong = OF_EACH_TYPE.find(([type]) => !isTaken(type));
  if (wrong === undefined) return;
  const [type, value] = wrong;
  yield { valid: false, what: `has the type ${type}, not ${[...types].join(' or ')}`, value };
}

/** The edits of each field or item of a value, each within it. */
function partsOf(shape: Shape, value: unknown, { sampler, depth }: { sampler: Sampler; depth: number }) {
  if (isObject(value)) {
    return Object.entries(value).map(([name, field]) => {
      const edits = editsOf(schemaOfField(shape, name, sampler.fits), field, sampler, depth + 1);
      return wrapped(name, edits, (part) => ({ ...value, [name]: part }));
    });
  }
  if (!Array.isArray(value)) return [];
  return value.slice(0, Math.max(1, ownItems(shape).length)).map((item, index) => {
    const edits = editsOf(schemaOfItem(shape, index), item, sampler, depth + 1);
    return wrapped(String(index), edits, (part) => value.with(index, part));
  });
}

function* wrapped(name: string, edits: Iterable<Edit>, around: (part: unknown) => unknown): Generator<Edit> {
  for (const { path, make, ...edit } of edits) {
    const whole = () => {
      const part = make();
      return part === undefined ? undefined : around(part);
    };
    yield { ...edit, path: path === '' ? name : `${name}.${path}`, make: whole };
  }
}
