import type { JsonSchema } from '../../../contracts/service-contract.ts';
import type { Fits } from './scalar-values.ts';

/** Only what is required, or everything that is named. */
export type Extent = 'least' | 'most';

/** Of what extent a part of a sample is, and how much of the sample there is already. */
export interface Growth {
  extent: Extent;
  depth: number;
  budget: { left: number };
}

/** Makes the parts that a value consists of. */
export interface Maker {
  /** `undefined`: none is found. */
  grow(schema: JsonSchema, growth: Growth): unknown;
  /** Several, different ones if there are. */
  vary(schema: JsonSchema, growth: Growth): Generator<unknown>;
  /** What a shape says of texts and numbers, enums and formats included; of objects and lists, their type alone. */
  readonly fits: Fits;
}

/** Of a list or of an object without fixed names; more would make no better case. */
export const MAX_ITEMS = 1000;
