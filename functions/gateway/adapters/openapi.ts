import { STATUS_CODES } from 'node:http';
import * as z from 'zod';
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi';
import { createDocument } from 'zod-openapi';
import type { AnswerContract, RouteContract } from '../../contracts/api/route.ts';
import type { ApiDocument } from '../domain/docs-model.ts';
import { withoutRings } from './any-json.ts';
import type { AnswerCode } from './error-meanings.ts';
import { meaningOf, statusOf } from './error-meanings.ts';

const Metadata = z.object({
  responseTime: z.number().meta({ description: 'Milliseconds.' }),
  attempt: z.int(),
  timestamp: z.string().meta({ format: 'date-time' }),
});

const ErrorAnswer = z
  .object({
    id: z.string(),
    status: z.literal('error'),
    error: z.object({
      code: z.string(),
      message: z.string(),
      attempts: z.int().optional(),
      responseTime: z.number().optional(),
      details: z
        .union([
          z.array(z.object({ path: z.string(), message: z.string() })),
          z.record(z.string(), z.union([z.string(), z.number()])),
        ])
        .optional()
        .meta({ description: 'The faults of a request, or what is known of a call that failed.' }),
    }),
    metadata: Metadata.optional(),
  })
  .meta({ id: 'Error' });

/** The OpenAPI 3.1 file, made from the very contracts that validate. */
export function openApiDocument(routes: readonly RouteContract[]): ApiDocument {
  const paths: ZodOpenApiPathsObject = {};
  for (const contract of routes) {
    const path = contract.path.replace('+}', '}');
    paths[path] = { ...paths[path], [contract.method.toLowerCase()]: operation(contract) };
  }
  const document = createDocument({
    openapi: '3.1.0',
    info: { title: 'MAOS', version: '1', description: 'Multi-agent orchestration in your own AWS account.' },
    components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
    paths,
  });
  return withoutRings(document);
}

function operation(contract: RouteContract): ZodOpenApiOperationObject {
  const { params, query } = contract;
  const header = headersOf(contract);
  const body = requestBody(contract);
  return {
    operationId: contract.id,
    tags: [tagOf(contract)],
    summary: contract.summary,
    description: [access(contract), ...restOfPath(contract)].join(' '),
    security: contract.scope === null ? [] : [{ key: [] }],
    requestParams: { ...(params && { path: params }), ...(query && { query }), ...(header && { header }) },
    ...(body && { requestBody: body }),
    responses: { ...success(contract.answer), ...errors(contract) },
  };
}

function access({ scope }: RouteContract): string {
  return scope === null ? 'Open: needs no key.' : `Needs a key with the scope \`${scope}\`.`;
}

/** OpenAPI has no word for a parameter that takes slashes. */
function restOfPath({ path }: RouteContract): string[] {
  const name = /\{(\w+)\+\}$/.exec(path)?.[1];
  return name === undefined ? [] : [`The parameter \`${name}\` is the rest of the path, slashes included.`];
}

/** What a call is about, by its path; those that need no key are found together. */
function tagOf({ path, scope }: RouteContract): string {
  const [, about = ''] = path.replace(/^\/api\/v\d+/, '').split('/');
  if (scope === null) return 'Open to all';
  return about.slice(0, 1).toUpperCase() + about.slice(1).replaceAll('-', ' ');
}

const IdempotencyKey = z.string().min(1).max(257).optional().meta({
  description:
    'The same key and request again within 24 hours give the first answer again; another request under it is refused (422), and so is any while the first still runs (409). 1 to 255 visible ASCII characters, in quotes or without.',
});

function headersOf({ headers, idempotent }: RouteContract): z.ZodObject | undefined {
  const shape = { ...headers?.shape, ...(idempotent && { 'Idempotency-Key': IdempotencyKey }) };
  return Object.keys(shape).length === 0 ? undefined : z.object(shape);
}

function requestBody({ body, bytes }: RouteContract) {
  if (body) return { required: !body.safeParse({}).success, content: { 'application/json': { schema: body } } };
  const description = `At most ${bytes?.max} bytes.`;
  return bytes && { description, content: { 'application/octet-stream': { schema: z.string() } } };
}

function success(answer: RouteContract['answer']): ZodOpenApiOperationObject['responses'] {
  const all = answer.also ? [answer, answer.also] : [answer];
  return Object.fromEntries(all.map((one) => [one.status, response(one)])) as never;
}

function response(answer: AnswerContract) {
  const description = STATUS_CODES[answer.status] ?? 'Done';
  if ('data' in answer) return json(description, envelope(answer.data));
  return 'raw' in answer ? { description, content: { [answer.raw]: { schema: z.string() } } } : { description };
}

function envelope(data: z.ZodType): z.ZodType {
  return z.object({ id: z.string(), status: z.literal('success'), data, metadata: Metadata });
}

/** api.md, "Codes": what every row of its kind can answer, besides what the contract names. */
function errors(contract: RouteContract): ZodOpenApiOperationObject['responses'] {
  const codes: AnswerCode[] = [
    // Every row: one that takes no parameters refuses them all.
    'VALIDATION_ERROR',
    ...onlyIf(contract.scope !== null, 'UNAUTHORIZED', 'FORBIDDEN'),
    ...onlyIf(contract.body !== undefined, 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'),
    ...onlyIf(contract.bytes !== undefined, 'PAYLOAD_TOO_LARGE'),
    ...onlyIf(contract.idempotent === true, 'CONFLICT', 'IDEMPOTENCY_MISMATCH'),
    ...contract.errors,
    'RATE_LIMITED',
    'INTERNAL_ERROR',
    'TIMEOUT',
  ];
  const byStatus = Map.groupBy(new Set(codes), statusOf);
  return Object.fromEntries(
    [...byStatus].map(([status, same]) => [status, json(meaningOf(same), ErrorAnswer)]),
  ) as never;
}

function onlyIf(applies: boolean, ...codes: AnswerCode[]): AnswerCode[] {
  return applies ? codes : [];
}

function json(description: string, schema: z.ZodType) {
  return { description, content: { 'application/json': { schema } } };
}
