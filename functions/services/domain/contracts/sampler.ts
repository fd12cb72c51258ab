import type { JsonSchema } from '../../../contracts/service-contract.ts';
import { sampleList } from './sample-lists.ts';
import { sampleObject } from './sample-objects.ts';
import type { Extent, Growth, Maker } from './sampling.ts';
import { MAX_ITEMS } from './sampling.ts';
import type { Fits } from './scalar-values.ts';
import { numbersFor, textsFor } from './scalar-values.ts';
import type { SchemaCheck, SchemaEngine } from './schema-engine.ts';
import type { Shape } from './schema-shapes.ts';
import { shaper } from './schema-shapes.ts';
import { kindOf } from './shape-parts.ts';

/** Below, only what is required: an optional field of a tree is another tree. */
const MAX_OPTIONAL_DEPTH = 4;
const MAX_DEPTH = 20;
/** Values that one sample may consist of: fields by the dozen, each with as many, add up fast. */
const MAX_PARTS = 2000;

/** Makes values of the schemas within one. What it makes is likely to fit, and has to be checked. */
export class Sampler implements Maker {
  /** The ways to fulfil a schema. */
  readonly shapesOf: (schema: JsonSchema) => readonly Shape[];
  private readonly checks = new Map<string, SchemaCheck>();
  private readonly engine: SchemaEngine;

  constructor(root: JsonSchema, engine: SchemaEngine) {
    this.shapesOf = shaper(root);
    this.engine = engine;
  }

  /** A value by the first shape that has one; `undefined` where none is found. */
  sample(schema: JsonSchema, extent: Extent): unknown {
    return this.grow(schema, growthOf(extent));
  }

  sampleOf(shape: Shape, extent: Extent): unknown {
    return this.grown(shape, growthOf(extent));
  }

  grow(schema: JsonSchema, growth: Growth): unknown {
    for (const shape of this.shapesOf(schema)) {
      const value = this.grown(shape, growth);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  *vary(schema: JsonSchema, growth: Growth): Generator<unknown> {
    for (const shape of this.shapesOf(schema)) {
      const kind = this.kind(shape, growth);
      for (const value of [...enumOf(shape), ...scalars(shape, kind), ...series(shape, kind)]) {
        if (this.fits(shape, value)) yield value;
      }
      for (const extent of ['least', 'most'] as const) yield this.grown(shape, { ...growth, extent });
    }
  }

  readonly fits: Fits = (shape, value) => {
    const said = SCALAR_KEYWORDS.filter((keyword) => shape[keyword] !== undefined);
    const schema = Object.fromEntries(said.map((keyword) => [keyword, shape[keyword]]));
    const text = JSON.stringify(schema);
    const check = this.checks.get(text) ?? this.engine.compile(schema);
    this.checks.set(text, check);
    return check(value) === undefined;
  };

  private grown(shape: Shape, growth: Growth): unknown {
    growth.budget.left -= 1;
    if (growth.depth > MAX_DEPTH || growth.budget.left < 0) return undefined;
    if (shape.enum !== undefined) return enumOf(shape).find((value) => this.fits(shape, value));
    const kind = this.kind(shape, growth);
    const below = growthBelow(growth);
    if (kind === 'object') return sampleObject(shape, below, this);
    if (kind === 'array') return sampleList(shape, below, this);
    return scalars(shape, kind).find((value) => this.fits(shape, value));
  }

  /** Of a shape that takes anything, an input is an object and a field is a text. */
  private kind(shape: Shape, { depth }: Growth): string {
    return kindOf(shape) ?? (depth === 0 ? 'object' : 'string');
  }
}

function growthOf(extent: Extent): Growth {
  return { extent, depth: 0, budget: { left: MAX_PARTS } };
}

function growthBelow({ extent, depth, budget }: Growth): Growth {
  return { extent: depth < MAX_OPTIONAL_DEPTH ? extent : 'least', depth: depth + 1, budget };
}

function enumOf(shape: Shape): unknown[] {
  return Array.isArray(shape.enum) ? shape.enum : [];
}

/** The schema's own examples first: they are likelier to mean something to the service. */
function scalars(shape: Shape, kind: string): unknown[] {
  const given = [...(Array.isArray(shape.examples) ? shape.examples : []), shape.default];
  return [...given.filter((value) => value !== undefined), ...made(shape, kind)];
}

function made(shape: Shape, kind: string): Iterable<unknown> {
  switch (kind) {
    case 'string':
      return textsFor(shape);
    case 'number':
    case 'integer':
      return numbersFor(shape);
    case 'boolean':
      return [true, false];
    default:
      return kind === 'null' ? [null] : [];
  }
}

/** As many different values as a list may ask for. */
function* series(shape: Shape, kind: string): Generator<unknown> {
  const [first = 0, step = 1] = [shape.minimum, shape.multipleOf].map((value) =>
    typeof value === 'number' ? value : undefined,
  );
  for (let index = 1; index <= MAX_ITEMS; index += 1) {
    if (kind === 'integer' || kind === 'number') yield first + index * step;
    if (kind === 'string') yield `a${index}`;
  }
}

const SCALAR_KEYWORDS = [
  'type',
  'enum',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'pattern',
  'format',
];
