import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { RouteContract } from '../../../functions/contracts/api/route.ts';
import { route } from '../../../functions/contracts/api/route.ts';
import { taskRoutes } from '../../../functions/contracts/api/task.ts';
import { openApiDocument } from '../../../functions/gateway/adapters/openapi.ts';
import { contracts } from '../../support/api/api-routes.ts';

const Parameter = z
  .object({
    name: z.string(),
    in: z.enum(['path', 'query', 'header']),
    required: z.boolean().optional(),
    schema: z.object(),
  })
  .refine((parameter) => parameter.in !== 'path' || parameter.required === true, 'path parameters are required');
const Content = z.record(z.string().regex(/^\w+\/[\w.+-]+$/), z.object({ schema: z.object() }));
const Operation = z.strictObject({
  operationId: z.string().regex(/^\w+$/),
  tags: z.tuple([z.string().regex(/^[A-Z]/)]),
  summary: z.string().min(1),
  description: z.string().min(1),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  parameters: z.array(Parameter).optional(),
  requestBody: z.object({ required: z.boolean().optional(), content: Content }).optional(),
  responses: z
    .record(z.string().regex(/^[2-5]\d\d$/), z.object({ description: z.string().min(1), content: Content.optional() }))
    .refine((responses) => Object.entries(responses).every(([code, { content }]) => (code === '204') !== !!content)),
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

const base = {
  summary: 'For this test',
  scope: 'write',
  errors: [],
  answer: { status: 200, data: z.string() },
} as const;
/** Rows of every kind, whichever of them the product has by now. */
const rare = {
  upload: route({
    ...base,
    id: 'upload',
    method: 'PUT',
    path: '/rare/{id}',
    params: z.strictObject({ id: z.string() }),
    headers: z.object({ 'x-file-size': z.string().optional(), 'x-file-sha256': z.string() }),
    bytes: { max: 4_000_000 },
    answer: { status: 204 },
  }),
  claim: route({
    ...base,
    id: 'claim',
    method: 'POST',
    path: '/rare',
    body: z.strictObject({ waitSeconds: z.int().optional() }),
    answer: { status: 200, data: z.string(), also: { status: 204 } },
  }),
  create: route({
    ...base,
    id: 'create',
    method: 'PUT',
    path: '/rare',
    body: z.strictObject({ name: z.string() }),
    idempotent: true,
    errors: ['CONFLICT'],
  }),
};
const routes: RouteContract[] = [...(await contracts()), ...Object.values(rare)];
const document = JSON.parse(JSON.stringify(openApiDocument(routes)));

function operationOf({ path, method }: RouteContract): Operation {
  return document.paths[path.replace('+}', '}')][method.toLowerCase()];
}

function codesOf(contract: RouteContract): string[] {
  const own: Record<string, string> = {
    ...{
      NOT_FOUND: '404',
      SERVICE_NOT_FOUND: '404',
      READ_MODEL_NOT_FOUND: '404',
      CONFLICT: '409',
      LIMIT_EXCEEDED: '409',
      RESUME_REFUSED: '409',
      GONE: '410',
      PAYLOAD_TOO_LARGE: '413',
    },
    ...{ SERVICE_ERROR: '502', RESULT_TOO_LARGE: '502', SERVICE_UNAVAILABLE: '503', TIMEOUT: '504' },
  };
  const also = contract.answer.also ? [String(contract.answer.also.status)] : [];
  const codes = [
    String(contract.answer.status),
    ...also,
    '400',
    ...(contract.scope === null ? [] : ['401', '403']),
    ...(contract.body ? ['413', '415'] : []),
    ...(contract.bytes ? ['413'] : []),
    ...(contract.idempotent ? ['409', '422'] : []),
    ...contract.errors.map((code) => own[code] ?? code),
    '429',
    '500',
    '504',
  ];
  return [...new Set(codes)].sort();
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

  it.each(routes)('names the codes that $id can end with', (contract) => {
    const { responses } = operationOf(contract);
    const named = Object.values(responses).flatMap(
      ({ description }) => description.match(/(?<=^`)[A-Z_]+(?=`: \w)/gm) ?? [],
    );
    expect(named).toEqual(
      expect.arrayContaining(['VALIDATION_ERROR', ...contract.errors, 'INTERNAL_ERROR', 'TIMEOUT']),
    );
    expect(named.includes('IDEMPOTENCY_MISMATCH')).toBe(contract.idempotent === true);
    expect(named.length).toBe(new Set(named).size);
  });

  it('says what calls are about, and sets those apart that need no key', () => {
    const tagOf = (path: string) => document.paths[path].get.tags;
    expect(tagOf('/api/v1/tasks/{taskId}/log')).toEqual(['Tasks']);
    expect(tagOf('/api/v1/health')).toEqual(['Open to all']);
  });

  it('says that the last parameter of a path may hold slashes', () => {
    expect(operationOf(taskRoutes.getTaskFile).description).toContain('`path` is the rest of the path');
    expect(operationOf(taskRoutes.getTask).description).not.toContain('rest of the path');
  });

  it('has no names that nobody gave', () => {
    expect(Object.keys(document.components.schemas).filter((name) => name.startsWith('__'))).toEqual([]);
    expect(document.components.schemas.Task.properties.metadata.additionalProperties).toEqual({});
  });

  it.each(routes)('names the parameters of $id', (contract) => {
    const named = (operationOf(contract).parameters ?? []).map((one) => [one.in, one.name]);
    const inPath = [...contract.path.matchAll(/\{(\w+)\+?\}/g)].map(([, name]) => ['path', name]);
    const inQuery = Object.keys(contract.query?.shape ?? {}).map((name) => ['query', name]);
    const inHeader = Object.keys(contract.headers?.shape ?? {}).map((name) => ['header', name]);
    const key = contract.idempotent ? [['header', 'Idempotency-Key']] : [];
    expect(named.sort()).toEqual([...inPath, ...inQuery, ...inHeader, ...key].sort());
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

  it('shows that an Idempotency-Key may be left out, and how long it can be', () => {
    const key = operationOf(rare.create).parameters?.find(({ name }) => name === 'Idempotency-Key');
    expect(key).toMatchObject({ schema: { type: 'string', minLength: 1 } });
    expect(key?.required ?? false).toBe(false);
  });

  it('shows which named headers are required', () => {
    const required = operationOf(rare.upload).parameters?.filter((one) => one.required);
    expect(required?.map(({ name }) => name).sort()).toEqual(['id', 'x-file-sha256']);
  });

  it('shows a body of bytes, and a JSON body that may be left out', () => {
    expect(Object.keys(operationOf(rare.upload).requestBody?.content ?? {})).toEqual(['application/octet-stream']);
    expect([rare.claim, rare.create].map((row) => operationOf(row).requestBody?.required)).toEqual([false, true]);
  });

  it('shows the limit of a list as the number that it is', () => {
    const limit = operationOf(taskRoutes.listTasks).parameters?.find(({ name }) => name === 'limit');
    expect(limit?.schema).toMatchObject({ type: 'integer', minimum: 1, maximum: 100, default: 25 });
    expect(limit?.required ?? false).toBe(false);
  });
});
