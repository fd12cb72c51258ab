import * as z from 'zod';
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi';
import { createDocument } from 'zod-openapi';
import type { RouteContract } from '../../contracts/api/route.ts';
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
  const { params, query, body } = contract;
  return {
    operationId: contract.id,
    summary: contract.summary,
    description: contract.scope === null ? 'Open: needs no key.' : `Needs a key with the scope \`${contract.scope}\`.`,
    security: contract.scope === null ? [] : [{ key: [] }],
    requestParams: { ...(params && { path: params }), ...(query && { query }) },
    ...(body && { requestBody: { required: true, content: { 'application/json': { schema: body } } } }),
    responses: { ...success(contract.answer), ...errors(contract) },
  };
}

function success(answer: RouteContract['answer']): ZodOpenApiOperationObject['responses'] {
  if ('data' in answer) return { [answer.status]: json('Done', envelope(answer.data)) } as never;
  const bytes = { description: 'The content', content: { [answer.raw]: { schema: z.string() } } };
  const other = answer.also && { [answer.also.status]: json('Elsewhere', envelope(answer.also.data)) };
  return { [answer.status]: bytes, ...other } as never;
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
