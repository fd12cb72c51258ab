/** The OpenAPI 3.1 file, as far as ours goes and its page shows it. */
export interface ApiDocument {
  info: { title: string; version: string; description: string };
  /** By path, then by method in lower case. */
  paths: Record<string, Record<string, ApiOperation>>;
  components: { schemas: Schemas };
}

export interface ApiOperation {
  operationId: string;
  /** Just one: the heading that it stands under. */
  tags: [string];
  summary: string;
  /** Says which scope it needs. */
  description: string;
  /** Empty where no key is needed. */
  security: object[];
  parameters?: ApiParameter[];
  requestBody?: ApiRequestBody;
  /** By status. Descriptions of errors have a line for each code. */
  responses: Record<string, ApiResponse>;
}

export interface ApiParameter {
  in: string;
  name: string;
  required?: boolean;
  description?: string;
  schema: ApiSchema;
}

export interface ApiRequestBody {
  description?: string;
  required?: boolean;
  content: Content;
}

export interface ApiResponse {
  description: string;
  content?: Content;
}

/** By media type. */
export type Content = Record<string, { schema: ApiSchema }>;

/** By the name that `$ref` gives. */
export type Schemas = Record<string, ApiSchema>;

/** JSON Schema, as far as zod draws it. */
export interface ApiSchema {
  $ref?: string;
  type?: string | string[];
  properties?: Record<string, ApiSchema>;
  required?: string[];
  items?: ApiSchema;
  additionalProperties?: boolean | ApiSchema;
  propertyNames?: ApiSchema;
  anyOf?: ApiSchema[];
  oneOf?: ApiSchema[];
  description?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  examples?: unknown[];
  format?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
}

/** An operation and its address. `method` is in capitals. */
export interface Call {
  method: string;
  path: string;
  operation: ApiOperation;
}

/** All calls under their headings, both in the file's order. */
export function callsByTag({ paths }: ApiDocument): [tag: string, calls: Call[]][] {
  const calls = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
  return [...Map.groupBy(calls, ({ operation }) => operation.tags[0])];
}

/** The component that a `$ref` names. */
export function nameOf({ $ref }: ApiSchema): string | undefined {
  return $ref?.slice($ref.lastIndexOf('/') + 1);
}

/** What a schema means: itself, or the component that it refers to; the empty schema, which takes anything, where there is none. */
export function resolved(schema: ApiSchema, schemas: Schemas): ApiSchema {
  const name = nameOf(schema);
  if (name === undefined) return schema;
  return Object.hasOwn(schemas, name) ? (schemas[name] as ApiSchema) : {};
}

/** What an envelope carries; `undefined` where the schema is none. */
export function dataOf({ properties = {} }: ApiSchema): ApiSchema | undefined {
  return properties.status?.const === 'success' ? properties.data : undefined;
}

/** The fragment of an address where an operation, a schema or a heading is found. */
export function anchor(kind: 'call' | 'schema' | 'tag', name: string): string {
  return `${kind}-${name.replace(/[^\w.-]/g, '-')}`;
}
