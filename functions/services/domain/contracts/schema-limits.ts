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
 * Levels from the root to where its references lead at last, one schema within the other. So the library compiles them, and its stack ends
 * at 270 of the worst kind (ajv 8.20, `patternProperties`, Node's default stack, nothing warmed up).
 */
const MAX_WAY = 200;

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
  return longestWay(document) > MAX_WAY ? { steps: [], message: 'has references that lead on too far' } : undefined;
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

/** The most levels that come of following references; of schemas that refer to each other in a ring, all count (Tarjan). */
function longestWay({ root, targetsOf }: SchemaDocument): number {
  const below = (place: Place): Place[] => [...targetsOf(place), ...place.children.flatMap(below)];
  const numbers = new Map<Place, number>();
  const ways = new Map<Place, number>();
  const open: Place[] = [];
  const visit = (place: Place): number => {
    const number = numbers.size;
    numbers.set(place, number);
    open.push(place);
    const lowest = below(place).reduce((low, target) => {
      if (ways.has(target)) return low;
      return Math.min(low, numbers.get(target) ?? visit(target));
    }, number);
    if (lowest === number) close(open.splice(open.indexOf(place)));
    return lowest;
  };
  const close = (ring: readonly Place[]) => {
    const beyond = Math.max(0, ...ring.flatMap(below).map((target) => ways.get(target) ?? 0));
    const way = ring.reduce((sum, place) => sum + heightOf(place), beyond);
    for (const place of ring) ways.set(place, way);
  };
  visit(root);
  return ways.get(root) ?? 0;
}

function heightOf({ children }: Place): number {
  return 1 + Math.max(0, ...children.map(heightOf));
}
