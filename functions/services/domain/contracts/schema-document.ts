import type { JsonSchema } from '../../../contracts/service-contract.ts';
import { childrenOf, isObject, REFERENCES } from './schema-keywords.ts';

/** A schema where it stands: the names that lead to it from the root, and by which keyword it is part of the one above it. */
export interface Place {
  schema: JsonSchema;
  steps: readonly string[];
  keyword: string;
  children: readonly Place[];
}

/** A schema with everything in it that is a schema too. What stands in `const`, `enum`, `default` or `examples` is not. */
export interface SchemaDocument {
  root: Place;
  /** The root first, parents before their children. */
  places: readonly Place[];
  /** Where `#`, `#/a/b` or `#anchor` leads; `undefined` where no schema is. */
  find(reference: string): Place | undefined;
  /** What the place itself refers to. */
  targetsOf(place: Place): Place[];
}

/** For schemas of at most a few levels: it calls itself for each. */
export function schemaDocument(schema: JsonSchema): SchemaDocument {
  const root = placeOf(schema, [], '');
  const places = [...withDescendants(root)];
  const known = new Map(places.map((place) => [pointerTo(place.steps), place]));
  for (const place of places) for (const anchor of anchorsOf(place.schema)) known.set(`#${anchor}`, place);
  const find = (reference: string) => known.get(normalized(reference));
  const targetsOf = (place: Place) => referencesOf(place.schema).flatMap((reference) => find(reference.target) ?? []);
  return { root, places, find, targetsOf };
}

/** The references that a schema itself makes, by keyword. */
export function referencesOf(schema: JsonSchema): { keyword: string; target: string }[] {
  if (typeof schema === 'boolean') return [];
  return REFERENCES.flatMap((keyword) => {
    const target = schema[keyword];
    return typeof target === 'string' ? [{ keyword, target }] : [];
  });
}

export function anchorsOf(schema: JsonSchema): string[] {
  if (!isObject(schema)) return [];
  return [schema.$anchor, schema.$dynamicAnchor].filter((anchor) => typeof anchor === 'string');
}

function placeOf(schema: JsonSchema, steps: readonly string[], keyword: string): Place {
  const children = childrenOf(schema).map((child) => placeOf(child.schema, [...steps, ...child.steps], child.keyword));
  return { schema, steps, keyword, children };
}

function* withDescendants(place: Place): Generator<Place> {
  yield place;
  for (const child of place.children) yield* withDescendants(child);
}

function pointerTo(steps: readonly string[]): string {
  return `#${steps.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')}`;
}

/** Percent signs as they may stand in a URI's fragment (RFC 6901, section 6). */
function normalized(reference: string): string {
  try {
    return decodeURIComponent(reference);
  } catch {
    return reference;
  }
}
