import type { JsonSchema } from '../../../contracts/service-contract.ts';
import type { Growth, Maker } from './sampling.ts';
import { MAX_ITEMS } from './sampling.ts';
import type { Shape } from './schema-shapes.ts';
import { leastItems, ownItems, schemaOfItem } from './shape-parts.ts';

/** A list of the shape; `undefined` where an item that it needs has no value. */
export function sampleList(shape: Shape, growth: Growth, maker: Maker): unknown {
  const { least, length } = lengths(shape, growth);
  const list = listOfLength(length, shape, growth, maker);
  return list.length < least ? undefined : list;
}

function lengths(shape: Shape, { extent }: Growth) {
  const least = leastItems(shape);
  const told = Math.max(ownItems(shape).length, shape.items === false ? 0 : 1);
  const length = extent === 'most' ? Math.max(least, told) : least;
  return { least, length: Math.min(length, numberOr(shape.maxItems, length)) };
}

const numberOr = (value: unknown, otherwise: number) => (typeof value === 'number' ? value : otherwise);

/** As long as it can be made: shorter where an item has no value, or none that is not there already. */
function listOfLength(length: number, shape: Shape, growth: Growth, maker: Maker): unknown[] {
  const next = shape.uniqueItems === true ? differing(growth, maker) : (item: JsonSchema) => maker.grow(item, growth);
  const items: unknown[] = [];
  while (items.length < Math.min(length, MAX_ITEMS)) {
    const item = next(schemaOfItem(shape, items.length));
    if (item === undefined) break;
    items.push(item);
  }
  return items;
}

/** Gives values of schemas, none of them twice. */
function differing(growth: Growth, maker: Maker): (schema: JsonSchema) => unknown {
  const seen = new Set<string>();
  const streams = new Map<JsonSchema, Generator<unknown>>();
  return (schema) => {
    const stream = streams.get(schema) ?? maker.vary(schema, growth);
    streams.set(schema, stream);
    for (let { value, done } = stream.next(); !done; { value, done } = stream.next()) {
      const text = JSON.stringify(value);
      if (value === undefined || seen.has(text)) continue;
      seen.add(text);
      return value;
    }
    return undefined;
  };
}
