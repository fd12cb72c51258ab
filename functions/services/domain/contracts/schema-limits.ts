import type { JsonSchema } from '../../../contracts/service-contract.ts';
import type { Place, SchemaDocument } from './schema-document.ts';
import type { Flaw } from './schema-engine.ts';
import { childrenOf } from './schema-keywords.ts';

/** Of one schema, as JSON in UTF-8. */
const MAX_BYTES = 32 * 1024;

/** Schemas within schemas. */
const MAX_LEVELS = 16;

/** Names to the innermost value: a schema lies at most two below the one around it, and values such as those of `enum` a little more. */
const MAX_STEPS = 2 * MAX_LEVELS + 2;

/** Schemas that are held against one and the same value: ten schemas that each refer to the next one twice make a thousand. */
const MAX_CHECKS = 10_000;

/**
 * Levels of all schemas that are referred to, together. The library compiles one within the other, and its stack ends at 645 of the worst
 * kind (ajv 8.20, `patternProperties`, Node's default stack).
 */
const MAX_REFERRED_LEVELS = 400;

const TOO_DEEP = `must be nested at most ${MAX_LEVELS} levels deep`;

/** What a schema must keep to before anything may walk it. */
export function sizeFlaw(schema: JsonSchema): Flaw | undefined {
  const flaw = levelFlaw(schema, 1, []) ?? jsonFlaw(schema, []);
  if (flaw !== undefined) return flaw;
  const bytes = new TextEncoder().encode(JSON.stringify(schema)).byteLength;
  return bytes > MAX_BYTES ? { steps: [], message: `must be at most ${MAX_BYTES} bytes as JSON` } : undefined;
}

function levelFlaw(schema: JsonSchema, level: number, steps: readonly string[]): Flaw | undefined {
  if (level > MAX_LEVELS) return { steps, message: TOO_DEEP };
  return firstOf(childrenOf(schema), (child) => levelFlaw(child.schema, level + 1, [...steps, ...child.steps]));
}

/** What lies where no schema may be is JSON all the same. The name is dropped or misread by most that handle objects. */
function jsonFlaw(value: unknown, steps: readonly string[]): Flaw | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (steps.length > MAX_STEPS) return { steps, message: TOO_DEEP };
  if (Object.hasOwn(value, '__proto__')) return { steps, message: 'must not hold the name "__proto__"' };
  return firstOf(Object.entries(value), ([name, below]) => jsonFlaw(below, [...steps, name]));
}

function firstOf<Item>(items: readonly Item[], flawOf: (item: Item) => Flaw | undefined): Flaw | undefined {
  for (const item of items) {
    const flaw = flawOf(item);
    if (flaw !== undefined) return flaw;
  }
  return undefined;
}

/** What references make of a schema: a check that never ends, one that takes too long, or one that cannot be compiled. */
export function referenceLoopFlaw(document: SchemaDocument): Flaw | undefined {
  const checksOf = checkCounter(document);
  const heavy = document.places.find((place) => checksOf(place) > MAX_CHECKS);
  if (heavy !== undefined) {
    const endless = checksOf(heavy) === Number.POSITIVE_INFINITY;
    const message = endless
      ? 'must not lead back to itself at the same value'
      : 'combines too many schemas at one value';
    return { steps: heavy.steps, message };
  }
  const targets = new Set(document.places.flatMap(document.targetsOf));
  const levels = [...targets].reduce((sum, place) => sum + heightOf(place), 0);
  return levels > MAX_REFERRED_LEVELS ? { steps: [], message: 'refers to too many schemas' } : undefined;
}

const AT_THE_SAME_VALUE = new Set([
  'allOf',
  'anyOf',
  'dependencies',
  'dependentSchemas',
  'else',
  'if',
  'not',
  'oneOf',
  'then',
]);

/** How many schemas see a value that is held against this one; without an end where it leads back to itself. */
function checkCounter({ targetsOf }: SchemaDocument): (place: Place) => number {
  const counts = new Map<Place, number>();
  const count = (place: Place): number => {
    const known = counts.get(place);
    if (known !== undefined) return known;
    counts.set(place, Number.POSITIVE_INFINITY);
    const parts = place.children.filter(({ keyword }) => AT_THE_SAME_VALUE.has(keyword));
    const checks = [...parts, ...targetsOf(place)].reduce((sum, part) => sum + count(part), 1);
    counts.set(place, checks);
    return checks;
  };
  return count;
}

function heightOf({ children }: Place): number {
  return 1 + Math.max(0, ...children.map(heightOf));
}
