import type { ApiParameter, ApiSchema, Call, Schemas } from './docs-model.ts';
import { resolved } from './docs-model.ts';

/** Deeper, only rings go. */
const MAX_DEPTH = 8;

/**
 * A value that a schema takes: what it names itself (`examples`, `default`, `enum`), else made from its type. Of an object's
 * fields the required ones, or all where none is.
 *
 * @param name of the field that it is for: texts are made from it, so that a reader sees what goes where
 */
export function exampleOf(schema: ApiSchema, schemas: Schemas, name = 'text', depth = 0): unknown {
  const meant = resolved(schema, schemas);
  const given = meant.examples?.[0] ?? meant.default ?? meant.const ?? meant.enum?.[0];
  if (given !== undefined || depth > MAX_DEPTH) return given ?? null;
  const inside = (inner: ApiSchema, of = name): unknown => exampleOf(inner, schemas, of, depth + 1);
  const choice = meant.anyOf?.[0] ?? meant.oneOf?.[0];
  return choice ? inside(choice) : madeUp(meant, name, inside);
}

type Inside = (inner: ApiSchema, name?: string) => unknown;

function madeUp(schema: ApiSchema, name: string, inside: Inside): unknown {
  switch ([schema.type].flat()[0]) {
    case 'string':
      return textFor(schema, name);
    case 'integer':
    case 'number':
      return schema.minimum !== undefined && schema.minimum > 0 ? schema.minimum : Math.min(1, schema.maximum ?? 1);
    case 'boolean':
      return false;
    case 'array':
      return schema.items ? [inside(schema.items)] : [];
    case 'null':
      return null;
    default:
      return objectFor(schema, inside);
  }
}

function objectFor({ properties = {}, required }: ApiSchema, inside: Inside): object {
  const names = required ?? Object.keys(properties);
  return Object.fromEntries(names.map((name) => [name, inside(properties[name] ?? {}, name)]));
}

const BY_FORMAT: Record<string, string> = {
  uri: 'https://example.com/',
  'date-time': '2026-01-31T12:00:00.000Z',
};

function textFor({ format = '', pattern, minLength = 0, maxLength }: ApiSchema, name: string): string {
  const text = BY_FORMAT[format] ?? name;
  if (pattern === undefined) return text.padEnd(minLength, '.').slice(0, maxLength);
  return [text, text.toUpperCase(), '1', '0'.repeat(64)].find((one) => matches(pattern, one)) ?? '…';
}

function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern).test(text);
  } catch {
    return false;
  }
}

/** How a shell makes a call: `$API` and `$KEY` are explained at the top of the page, the path's parameters are variables too. */
export function curlOf({ method, path, operation }: Call, schemas: Schemas): string {
  const { parameters = [], security } = operation;
  const body = bodyArguments(operation, schemas);
  const impliesPost = body.some((one) => one.startsWith('-d'));
  const verb = method === 'GET' || (method === 'POST' && impliesPost) ? 'curl' : `curl -X ${method}`;
  return [
    `${verb} "$API${path.replace(/\{(\w+)\}/g, '$$$1')}${queryOf(parameters, schemas)}"`,
    ...(security.length > 0 ? ['-H "Authorization: Bearer $KEY"'] : []),
    ...parameters.filter(isRequiredIn('header')).map((one) => `-H ${quoted(`${one.name}: ${text(one, schemas)}`)}`),
    ...body,
    ...(downloads(operation) ? ['--output file'] : []),
  ].join(' \\\n  ');
}

function isRequiredIn(place: string): (parameter: ApiParameter) => boolean {
  return (parameter) => parameter.in === place && parameter.required === true;
}

function text({ name, schema }: ApiParameter, schemas: Schemas): string {
  return String(exampleOf(schema, schemas, name));
}

function queryOf(parameters: ApiParameter[], schemas: Schemas): string {
  const needed = parameters.filter(isRequiredIn('query'));
  const pairs = needed.map((one) => `${one.name}=${encodeURIComponent(text(one, schemas))}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

function bodyArguments({ requestBody }: Call['operation'], schemas: Schemas): string[] {
  if (requestBody === undefined) return [];
  const json = requestBody.content['application/json'];
  if (json === undefined) return ["-H 'content-type: application/octet-stream'", '--data-binary @file'];
  const example = JSON.stringify(exampleOf(json.schema, schemas), null, 2);
  return example === '{}' ? [] : ["-H 'content-type: application/json'", `-d ${quoted(example)}`];
}

/** As one word of a shell. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

function downloads({ responses }: Call['operation']): boolean {
  return responses['200']?.content?.['application/octet-stream'] !== undefined;
}
