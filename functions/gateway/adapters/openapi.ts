import * as z from 'zod';
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi';
import { createDocument } from 'zod-openapi';
import type { AnswerContract, RouteContract } from '../../contracts/api/route.ts';
import { STATUS } from '../../shared/platform/http/answer.ts';

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
      details: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    }),
    metadata: Metadata.optional(),
  })
  .meta({ id: 'Error' });

/** The OpenAPI 3.1 file, made from the very contracts that validate. */
export function openApiDocument(routes: readonly RouteContract[]) {
  const paths: ZodOpenApiPathsObject = {};
  for (const contract of routes) {
    const path = contract.path.replace('+}', '}');
    paths[path] = { ...paths[path], [contract.method.toLowerCase()]: operation(contract) };
  }
  return createDocument({
    openapi: '3.1.0',
    info: { title: 'MAOS', version: '1', description: 'Multi-agent orchestration in your own AWS account.' },
    components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
    paths,
  });
}

function operation(contract: RouteContract): ZodOpenApiOperationObject {
  const { params, query } = contract;
  const header = headersOf(contract);
  const body = requestBody(contract);
  return {
    operationId: contract.id,
    summary: contract.summary,
    description: contract.scope === null ? 'Open: needs no key.' : `Needs a key with the scope \`${contract.scope}\`.`,
    security: contract.scope === null ? [] : [{ key: [] }],
    requestParams: { ...(params && { path: params }), ...(query && { query }), ...(header && { header }) },
    ...(body && { requestBody: body }),
    responses: { ...success(contract.answer), ...errors(contract) },
  };
}

const IdempotencyKey = z.string().min(1).max(257).optional().meta({
  description:
    'The same key and request again within 24 hours give the first answer again; another request under it is refused. 1 to 255 visible ASCII characters, in quotes or without.',
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
  const other = answer.also && { [answer.also.status]: content('Otherwise', answer.also) };
  return { [answer.status]: content('Done', answer), ...other } as never;
}

function content(description: string, answer: AnswerContract) {
  if ('data' in answer) return json(description, envelope(answer.data));
  if ('raw' in answer) return { description: 'The content', content: { [answer.raw]: { schema: z.string() } } };
  return { description: 'Nothing, and no body' };
}

function envelope(data: z.ZodType): z.ZodType {
  return z.object({ id: z.string(), status: z.literal('success'), data, metadata: Metadata });
}

/** api.md, "Codes": what every row of its kind can answer, besides what the contract names. */
function errors(contract: RouteContract): ZodOpenApiOperationObject['responses'] {
  const own = contract.errors.map((code) => STATUS[code]);
  const statuses = [
    // Every row: one that takes no parameters refuses them all.
    400,
    ...(contract.scope === null ? [] : [401, 403]),
    ...(contract.body ? [413, 415] : []),
    ...(contract.bytes ? [413] : []),
    ...(contract.idempotent ? [409, 422] : []),
    ...own,
    429,
    500,
  ];
  return Object.fromEntries(
    [...new Set(statuses)].sort().map((status) => [status, json('Error', ErrorAnswer)]),
  ) as never;
}

function json(description: string, schema: z.ZodType) {
  return { description, content: { 'application/json': { schema } } };
}
