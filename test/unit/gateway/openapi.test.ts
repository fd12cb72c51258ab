import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { gatewayRoutes } from '../../../functions/contracts/api/gateway.ts';
import type { RouteContract } from '../../../functions/contracts/api/route.ts';
import { taskRoutes } from '../../../functions/contracts/api/task.ts';
import { openApiDocument } from '../../../functions/gateway/adapters/openapi.ts';

const Parameter = z
  .object({ name: z.string(), in: z.enum(['path', 'query']), required: z.boolean().optional(), schema: z.object() })
  .refine((parameter) => parameter.in !== 'path' || parameter.required === true, 'path parameters are required');
const Content = z.record(z.string().regex(/^\w+\/[\w.+-]+$/), z.object({ schema: z.object() }));
const Operation = z.strictObject({
  operationId: z.string().regex(/^\w+$/),
  summary: z.string().min(1),
  description: z.string().min(1),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  parameters: z.array(Parameter).optional(),
  requestBody: z.object({ required: z.literal(true), content: Content }).optional(),
  responses: z.record(z.string().regex(/^[2-5]\d\d$/), z.object({ description: z.string().min(1), content: Content })),
});
type Operation = z.infer<typeof Operation>;

/** What OpenAPI 3.1 asks of a document, as far as ours uses it. */
const Document = z.strictObject({
  openapi: z.string().regex(/^3\.1\.\d+$/),
  info: z.object({ title: z.string().min(1), version: z.string().min(1) }),
  paths: z.record(
    z.string().startsWith('/'),
    z.partialRecord(z.enum(['get', 'put', 'post', 'delete', 'patch']), Operation),
  ),
  components: z.object({
    schemas: z.record(z.string().regex(/^[\w.-]+$/), z.object()),
    securitySchemes: z.record(z.string(), z.object({ type: z.literal('http'), scheme: z.literal('bearer') })),
  }),
});

const routes: RouteContract[] = [...Object.values(gatewayRoutes), ...Object.values(taskRoutes)];
const document = JSON.parse(JSON.stringify(openApiDocument(routes)));

function operationOf({ path, method }: RouteContract): Operation {
  return document.paths[path.replace('+}', '}')][method.toLowerCase()];
}

function codesOf(contract: RouteContract): string[] {
  const own = { NOT_FOUND: '404', CONFLICT: '409' } as Record<string, string>;
  const also = 'raw' in contract.answer && contract.answer.also ? [String(contract.answer.also.status)] : [];
  return [
    String(contract.answer.status),
    ...also,
    '400',
    ...(contract.scope === null ? [] : ['401', '403']),
    ...(contract.body ? ['413', '415'] : []),
    ...contract.errors.map((code) => own[code] ?? code),
    '429',
    '500',
  ].sort();
}

describe('the OpenAPI file', () => {
  it('has the form of OpenAPI 3.1', () => {
    expect(Document.safeParse(document).error?.issues).toBeUndefined();
  });

  it('refers only to what it holds', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)];
    expect(references.length).toBeGreaterThan(10);
    for (const [, name] of references) expect(document.components.schemas).toHaveProperty(name as string);
    expect(Object.keys(document.components.schemas)).toEqual(
      expect.arrayContaining(['Task', 'CreateTask', 'StoredEvent', 'Error']),
    );
  });

  it('has every row once, under an id of its own', () => {
    const operations = Object.values(document.paths as object).flatMap((methods) => Object.values(methods as object));
    expect(operations.map(({ operationId }) => operationId).sort()).toEqual(routes.map(({ id }) => id).sort());
  });

  it.each(routes)('says all that $id can answer', (contract) => {
    expect(Object.keys(operationOf(contract).responses).sort()).toEqual(codesOf(contract));
  });

  it.each(routes)('says who may call $id', (contract) => {
    const { security, description } = operationOf(contract);
    expect(security).toEqual(contract.scope === null ? [] : [{ key: [] }]);
    expect(description).toContain(contract.scope === null ? 'no key' : `\`${contract.scope}\``);
  });

  it.each(routes)('names the parameters of $id', (contract) => {
    const named = (operationOf(contract).parameters ?? []).map((one) => [one.in, one.name]);
    const inPath = [...contract.path.matchAll(/\{(\w+)\+?\}/g)].map(([, name]) => ['path', name]);
    const inQuery = Object.keys(contract.query?.shape ?? {}).map((name) => ['query', name]);
    expect(named.sort()).toEqual([...inPath, ...inQuery].sort());
  });

  it('shows the body and the defaults of a new task, and that nothing else may stand in it', () => {
    expect(document.components.schemas.CreateTask).toMatchObject({
      required: ['type', 'description'],
      additionalProperties: false,
      properties: { priority: { default: 5, minimum: 0, maximum: 9 } },
    });
  });

  it('shows bytes and redirects of files', () => {
    const { responses } = operationOf(taskRoutes.getTaskFile);
    expect(Object.keys(responses['200']?.content ?? {})).toEqual(['application/octet-stream']);
    expect(Object.keys(responses['303']?.content ?? {})).toEqual(['application/json']);
  });
});
