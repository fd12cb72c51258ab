import type { ApiDocument, ApiSchema } from '../domain/docs-model.ts';

/**
 * Takes the rings out of an OpenAPI file: zod draws each `z.json()` as a component with a made-up name that refers to itself,
 * where JSON Schema has a word for any JSON value, the empty schema.
 */
export function withoutRings(document: { components?: object }): ApiDocument {
  const { schemas } = (document as ApiDocument).components;
  const rings = new Set(Object.keys(schemas).filter((name) => isRing(schemas[name] as ApiSchema, referenceTo(name))));
  const references = new Set([...rings].map(referenceTo));
  return JSON.parse(JSON.stringify(document), (name, value) => {
    if (rings.has(name)) return undefined;
    return references.has(value?.$ref) ? {} : value;
  });
}

function referenceTo(name: string): string {
  return `#/components/schemas/${name}`;
}

function isRing({ anyOf = [] }: ApiSchema, itself: string): boolean {
  const kinds = anyOf.map(({ type }) => type).join();
  return (
    kinds === 'string,number,boolean,null,array,object' &&
    anyOf.every(({ items = { $ref: itself } }) => items.$ref === itself)
  );
}
