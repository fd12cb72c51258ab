import { textsMatching } from './pattern-texts.ts';
import type { Growth, Maker } from './sampling.ts';
import { MAX_ITEMS } from './sampling.ts';
import { isSchema } from './schema-keywords.ts';
import type { Shape } from './schema-shapes.ts';
import { namedFields, patternFields, requiredNames, schemaOfField } from './shape-parts.ts';

/** An object of the shape; `undefined` where a field that it needs has no value. */
export function sampleObject(shape: Shape, growth: Growth, maker: Maker): unknown {
  const required = requiredNames(shape);
  const optional = growth.extent === 'most' ? [...namedFields(shape).keys()].filter((name) => !required.has(name)) : [];
  const fields = new Map<string, unknown>();
  for (const name of [...required, ...optional.slice(0, roomFor(shape, required.size))]) {
    const value = maker.grow(schemaOfField(shape, name, maker.fits), growth);
    if (value !== undefined) fields.set(name, value);
    else if (required.has(name)) return undefined;
  }
  addUnnamed(fields, sizeWithUnnamed(shape, fields.size, growth), { shape, growth, maker });
  return Object.fromEntries(fields);
}

function roomFor({ maxProperties }: Shape, taken: number): number {
  return typeof maxProperties === 'number' ? Math.max(0, maxProperties - taken) : Number.POSITIVE_INFINITY;
}

/** As many as are needed, and one to show where their schema is said. */
function sizeWithUnnamed(shape: Shape, named: number, { extent }: Growth): number {
  const least = typeof shape.minProperties === 'number' ? Math.min(shape.minProperties, MAX_ITEMS) : 0;
  return Math.max(least, extent === 'most' && told(shape) && roomFor(shape, named) > 0 ? named + 1 : 0);
}

/** Whether the shape says more of fields without names than that there may be some. */
function told(shape: Shape): boolean {
  return typeof shape.additionalProperties === 'object' || patternFields(shape).size > 0;
}

interface Making {
  shape: Shape;
  growth: Growth;
  maker: Maker;
}

function addUnnamed(fields: Map<string, unknown>, size: number, { shape, growth, maker }: Making): void {
  for (const name of namesFor(shape, growth, maker)) {
    if (fields.size >= size) return;
    const value = fields.has(name) ? undefined : maker.grow(schemaOfField(shape, name, maker.fits), growth);
    if (value !== undefined) fields.set(name, value);
  }
}

/** Names that the shape may take besides its own. */
function* namesFor(shape: Shape, growth: Growth, maker: Maker): Generator<string> {
  for (const pattern of patternFields(shape).keys()) {
    yield* textsMatching(pattern).filter((text) => maker.fits({ pattern }, text));
  }
  const names = isSchema(shape.propertyNames) ? maker.vary(shape.propertyNames, growth) : [];
  for (const name of names) if (typeof name === 'string') yield name;
  for (let index = 1; index <= 2 * MAX_ITEMS; index += 1) yield `field${index}`;
}
