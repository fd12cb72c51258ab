import type { JsonSchema, ServiceContract } from '../../../contracts/service-contract.ts';
import type { Fault } from '../../../shared/kernel/errors.ts';
import { FORMATS } from './formats.ts';
import type { Place, SchemaDocument } from './schema-document.ts';
import { anchorsOf, referencesOf, schemaDocument } from './schema-document.ts';
import type { Flaw, SchemaEngine } from './schema-engine.ts';
import { isObject, KEYWORDS, withoutChildren } from './schema-keywords.ts';
import { referenceLoopFlaw, sizeFlaw } from './schema-limits.ts';

const DRAFTS: ReadonlySet<unknown> = new Set([
  'https://json-schema.org/draft/2020-12/schema',
  'https://json-schema.org/draft/2020-12/schema#',
]);

/** Enough to mend a contract by; a large one could hold thousands. */
const MAX_FAULTS = 100;

/** What keeps a contract from being stored, by paths such as `operations.0.input.properties.name.pattern`. */
export function contractFaults({ operations }: ServiceContract, engine: SchemaEngine): Fault[] {
  const faults = operations.flatMap(({ input, output }, index) => [
    ...schemaFaults(input, `operations.${index}.input`, engine),
    ...schemaFaults(output, `operations.${index}.output`, engine),
  ]);
  return faults.slice(0, MAX_FAULTS);
}

/**
 * What keeps a schema from being used: it is not of draft 2020-12, too large or deep, holds what strict mode refuses, leads out of
 * itself or round in circles, or has a pattern that is too costly. A schema that is not well-formed shows its first fault only.
 */
export function schemaFaults(schema: JsonSchema, path: string, engine: SchemaEngine): Fault[] {
  return schemaFlaws(schema, engine).map(({ steps, message }) => ({ path: [path, ...steps].join('.'), message }));
}

function schemaFlaws(schema: JsonSchema, engine: SchemaEngine): Flaw[] {
  const malformed = sizeFlaw(schema) ?? draftFlaw(schema, []) ?? engine.metaFlaw(schema);
  if (malformed !== undefined) return [malformed];
  const document = schemaDocument(schema);
  const strictFaultOf = remembered((text) => engine.strictFault(JSON.parse(text)));
  const flaws = document.places.flatMap((place) => [
    ...keywordFlaws(place),
    ...referenceFlaws(place, document),
    ...patternFlaws(place, engine),
    ...strictFlaws(place, strictFaultOf),
  ]);
  flaws.push(...anchorFlaws(document));
  const loop = flaws.length === 0 ? referenceLoopFlaw(document) : undefined;
  return loop === undefined ? flaws : [loop];
}

function draftFlaw(schema: JsonSchema, steps: readonly string[]): Flaw | undefined {
  if (!isObject(schema) || schema.$schema === undefined || DRAFTS.has(schema.$schema)) return undefined;
  return { steps: [...steps, '$schema'], message: 'must be https://json-schema.org/draft/2020-12/schema' };
}

/** Own names only: a schema's `constructor` is no keyword, though every object seems to know it. */
function keywordFlaws({ schema, steps }: Place): Flaw[] {
  if (!isObject(schema)) return [];
  const flawAt = (keyword: string, message: string) => ({ steps: [...steps, keyword], message });
  const unknown = Object.keys(schema).filter((keyword) => !KEYWORDS.has(keyword));
  const flaws: Flaw[] = unknown.map((keyword) => flawAt(keyword, 'is not a keyword of JSON Schema 2020-12'));
  if (schema.$id !== undefined) flaws.push(flawAt('$id', 'must be left out: a schema here has no address'));
  const draft = draftFlaw(schema, steps);
  if (draft !== undefined) flaws.push(draft);
  if (typeof schema.format !== 'string' || FORMATS.has(schema.format)) return flaws;
  return [...flaws, flawAt('format', 'is not a known format')];
}

function referenceFlaws({ schema, steps }: Place, { find }: SchemaDocument): Flaw[] {
  const lost = referencesOf(schema).filter(({ target }) => find(target) === undefined);
  return lost.map(({ keyword, target }) => ({
    steps: [...steps, keyword],
    message: target.startsWith('#')
      ? 'leads to no schema'
      : 'must lead to a place in this schema, such as #/$defs/name',
  }));
}

function patternFlaws({ schema, steps }: Place, engine: SchemaEngine): Flaw[] {
  if (!isObject(schema)) return [];
  const patterns: [string[], unknown][] = [[['pattern'], schema.pattern]];
  for (const name of Object.keys(schema.patternProperties ?? {})) patterns.push([['patternProperties', name], name]);
  return patterns.flatMap(([below, pattern]) => {
    const message = typeof pattern === 'string' ? engine.patternFault(pattern) : undefined;
    return message === undefined ? [] : [{ steps: [...steps, ...below], message }];
  });
}

/** Keywords that mean nothing together. Looked at one schema at a time, so that it can be told where. */
function strictFlaws({ schema, steps }: Place, faultOf: (text: string) => string | undefined): Flaw[] {
  const message = faultOf(JSON.stringify(withoutChildren(schema)));
  return message === undefined ? [] : [{ steps, message }];
}

function anchorFlaws({ places }: SchemaDocument): Flaw[] {
  const seen = new Set<string>();
  return places.flatMap(({ schema, steps }) =>
    anchorsOf(schema).flatMap((anchor) => {
      const twice = seen.has(anchor);
      seen.add(anchor);
      return twice ? [{ steps, message: `must not name the anchor ${anchor} a second time` }] : [];
    }),
  );
}

function remembered<Value>(of: (text: string) => Value): (text: string) => Value {
  const known = new Map<string, Value>();
  return (text) => {
    if (!known.has(text)) known.set(text, of(text));
    return known.get(text) as Value;
  };
}
