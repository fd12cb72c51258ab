import type { JsonSchema } from '../../../contracts/service-contract.ts';

/** A fault within a schema: the names that lead to it from the schema's root, and what is wrong. */
export interface Flaw {
  steps: readonly string[];
  message: string;
}

/**
 * What keeps a value from fitting a schema, such as `/name must be string`; `undefined` where it fits. Throws where that cannot be told,
 * as of a value that is nested too deeply or takes too long.
 */
export type SchemaCheck = (value: unknown) => string | undefined;

/**
 * What a library knows of JSON Schema and of patterns: domain code imports none. One engine serves one contract at a time, as it may
 * limit the time that all of its patterns take together.
 */
export interface SchemaEngine {
  /** What the meta-schema of draft 2020-12 says against a schema. */
  metaFlaw(schema: JsonSchema): Flaw | undefined;
  /** What strict mode says against a schema that holds no references. */
  strictFault(schema: JsonSchema): string | undefined;
  /** Why a pattern is refused: its syntax, or what it would cost. */
  patternFault(pattern: string): string | undefined;
  /** For schemas without faults. */
  compile(schema: JsonSchema): SchemaCheck;
}
