import type { JsonSchema } from '../../../contracts/service-contract.ts';
import type { Fault } from '../../../shared/kernel/errors.ts';
import { isObject, isSchema } from './schema-keywords.ts';
import type { Shape } from './schema-shapes.ts';
import { shaper, TooManyShapes } from './schema-shapes.ts';
import { kindOf, namedFields, requiredNames, typesOf } from './shape-parts.ts';

/** Whether a value goes to a service or comes from it: what may be taken away from the one must not be taken from the other. */
type Direction = 'input' | 'output';

/** The forms that a value could take before and can take now. */
interface Forms {
  before: readonly Shape[];
  after: readonly Shape[];
}

/** The same part of two versions of a schema. `depth` counts how far it is from the root. */
interface Part {
  before: JsonSchema;
  after: JsonSchema;
  path: string;
  depth: number;
}

/** With more branches than that a part is not compared: it would take too long. */
const FORMS = { most: 200, all: true };
const MAX_DEPTH = 16;
/** Parts of a schema that refers to itself never end. */
const MAX_PARTS = 5000;

/** What a later version of a schema takes from those who rely on the earlier one, by paths such as `output.properties.id`. */
export function schemaBreaks(direction: Direction, before: JsonSchema, after: JsonSchema): Fault[] {
  const [shapesBefore, shapesAfter] = [shaper(before, FORMS), shaper(after, FORMS)];
  const faults: Fault[] = [];
  const parts: Part[] = [{ before, after, path: direction, depth: 0 }];
  for (let at = 0; at < Math.min(parts.length, MAX_PARTS); at += 1) {
    const part = parts[at] as Part;
    const forms = unlessTooMany(() => ({ before: shapesBefore(part.before), after: shapesAfter(part.after) }));
    if (forms === undefined || part.depth > MAX_DEPTH) continue;
    faults.push(...typeBreaks(direction, forms, part.path));
    faults.push(...(direction === 'input' ? inputBreaks(forms, part.path) : outputBreaks(forms, part.path)));
    parts.push(...commonParts(forms, part));
  }
  return faults;
}

function unlessTooMany(formsOf: () => Forms): Forms | undefined {
  try {
    return formsOf();
  } catch (error) {
    if (error instanceof TooManyShapes) return undefined;
    throw error;
  }
}

function typeBreaks(direction: Direction, { before, after }: Forms, path: string): Fault[] {
  const [was, is] = [acceptedTypes(before), acceptedTypes(after)];
  const [narrow, wide] = direction === 'input' ? [was, is] : [is, was];
  const lost = [...narrow].filter((type) => !wide.has(type));
  return lost.length > 0 ? [{ path, message: `changed its type from ${named(was)} to ${named(is)}` }] : [];
}

const ALL_TYPES = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'];
const named = (types: ReadonlySet<string>) =>
  types.size === ALL_TYPES.length
    ? 'anything'
    : [...types].filter((type) => type !== 'integer' || !types.has('number')).join(' or ');

function acceptedTypes(shapes: readonly Shape[]): Set<string> {
  const types = new Set(shapes.flatMap(typesIn));
  return types.has('number') ? types.add('integer') : types;
}

/** By its keywords, where a shape names none: who writes `properties` means an object. */
function typesIn(shape: Shape): string[] {
  if (shape.type !== undefined) return typesOf(shape);
  if (Array.isArray(shape.enum)) return shape.enum.map(typeOf);
  const kind = kindOf(shape);
  return kind === undefined ? ALL_TYPES : [kind];
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

function inputBreaks(forms: Forms, path: string): Fault[] {
  const { before, after } = forms;
  const [optional, known] = [requiredByAll(before), fieldsOf(after)];
  const demanded = [...requiredByAll(after)].filter((name) => !optional.has(name));
  const refused =
    after.length > 0 && after.every(isClosed) ? [...fieldsOf(before)].filter((name) => !known.has(name)) : [];
  return [
    ...demanded.map((name) => ({ path: fieldPath(path, name), message: 'is required now' })),
    ...refused.map((name) => ({ path: fieldPath(path, name), message: 'is not taken any more' })),
    ...enumBreaks(forms, path),
  ];
}

const isClosed = (shape: Shape) => shape.additionalProperties === false && shape.patternProperties === undefined;

function enumBreaks({ before, after }: Forms, path: string): Fault[] {
  const [was, is] = [valuesOf(before), valuesOf(after)];
  if (is === undefined) return [];
  if (was === undefined) return [{ path, message: `takes only ${[...is].join(', ')} now` }];
  return [...was]
    .filter((value) => !is.has(value))
    .map((value) => ({ path, message: `does not take ${value} any more` }));
}

/** The values that there are, as JSON; `undefined` where they are not listed. */
function valuesOf(shapes: readonly Shape[]): Set<string> | undefined {
  const lists = shapes.map((shape) => shape.enum);
  if (lists.length === 0 || !lists.every(Array.isArray)) return undefined;
  return new Set(lists.flat().map((value) => JSON.stringify(value)));
}

function outputBreaks({ before, after }: Forms, path: string): Fault[] {
  const [promised, kept, known] = [requiredByAll(before), requiredByAll(after), fieldsOf(after)];
  const removed = [...fieldsOf(before)].filter((name) => !known.has(name));
  const loose = [...promised].filter((name) => known.has(name) && !kept.has(name));
  return [
    ...removed.map((name) => ({ path: fieldPath(path, name), message: 'was removed' })),
    ...loose.map((name) => ({ path: fieldPath(path, name), message: 'is not always there any more' })),
  ];
}

const fieldPath = (path: string, name: string) => `${path}.properties.${name}`;
/** Those that any form names. */
function fieldsOf(shapes: readonly Shape[]): Set<string> {
  return new Set(shapes.flatMap((shape) => [...namedFields(shape).keys(), ...requiredNames(shape)]));
}

function requiredByAll(shapes: readonly Shape[]): Set<string> {
  const [first, ...others] = shapes.map(requiredNames);
  return new Set([...(first ?? [])].filter((name) => others.every((names) => names.has(name))));
}

/** The fields and items that both versions have. */
function commonParts({ before, after }: Forms, { path, depth }: Part): Part[] {
  const known = fieldsOf(after);
  const names = [...fieldsOf(before)].filter((name) => known.has(name));
  const fields = names.map((name) => ({
    before: fieldIn(before, name),
    after: fieldIn(after, name),
    path: fieldPath(path, name),
    depth: depth + 1,
  }));
  const rest = ['items', 'additionalProperties'].flatMap((keyword) => {
    const [was, is] = [before, after].map((shapes) => shapes.map((shape) => shape[keyword]).filter(isObjectSchema));
    if (!was?.length || !is?.length) return [];
    return [{ before: either(was), after: either(is), path: `${path}.${keyword}`, depth: depth + 1 }];
  });
  return [...fields, ...rest];
}

const isObjectSchema = (value: unknown): value is JsonSchema => typeof value === 'object' && isSchema(value);

/** Of a name that is required and no more, nothing is known. */
function fieldIn(shapes: readonly Shape[], name: string): JsonSchema {
  return either(
    shapes.flatMap(({ properties }) => (isObject(properties) && isSchema(properties[name]) ? [properties[name]] : [])),
  );
}

function either(schemas: readonly JsonSchema[]): JsonSchema {
  const different = [...new Set(schemas)];
  return different.length > 1 ? { anyOf: different } : (different[0] ?? true);
}
