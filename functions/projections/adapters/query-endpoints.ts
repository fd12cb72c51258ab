import type { QueryBody, QueryResult } from '../../contracts/api/query.ts';
import { queryRoutes } from '../../contracts/api/query.ts';
import type { ProjectionName } from '../../contracts/projections.ts';
import { isProjection, PROJECTION_NAMES } from '../../contracts/projections.ts';
import { AppError, invalid } from '../../shared/kernel/errors.ts';
import { endpoint } from '../../shared/platform/http/http-pipeline.ts';
import { faultsOf } from '../../shared/platform/http/validate.ts';
import type { ReadModelReader } from '../../shared/platform/read-models/read-models.ts';
import { QUERIES } from '../domain/queries.ts';
import type { ReadModelQuery, RowsQuery } from '../domain/read-model-query.ts';

export interface QueryPorts {
  readerOf(name: ProjectionName): ReadModelReader<object>;
  /** In ms since 1970. */
  now(): number;
}

/** The query side (seed: QueryHandler). */
export function queryEndpoints(ports: QueryPorts) {
  const recent = recentAnswers(ports.now);
  return [
    endpoint(queryRoutes.query, async ({ body }) => ({ kind: 'data', data: await handleQuery(ports, body, recent) })),
  ];
}

async function handleQuery(ports: QueryPorts, { type, parameters }: QueryBody, recent: Recent): Promise<QueryResult> {
  if (!isProjection(type)) throw unknown(type);
  const query = QUERIES[type];
  const checked = query.parameters.safeParse(parameters);
  if (!checked.success) throw invalid(checked.error.issues.flatMap(faultsOf).map(below('parameters')));
  const key = JSON.stringify([type, Object.entries(checked.data).sort()]);
  const { data, readAt, fromCache } = await recent(key, () => answered(query, ports.readerOf(type), checked.data));
  const timestamp = new Date(readAt).toISOString();
  return { data, metadata: { queryType: type, timestamp, fromCache } };
}

function unknown(type: string): AppError {
  const message = `There is no read model "${type}"; there are ${PROJECTION_NAMES.join(', ')}.`;
  return new AppError('READ_MODEL_NOT_FOUND', message, { details: { queryType: type } });
}

const below = (field: string) => (fault: { path: string; message: string }) => ({
  ...fault,
  path: `${field}.${fault.path}`,
});

type Data = QueryResult['data'];

async function answered(
  query: ReadModelQuery<object>,
  reader: ReadModelReader<object>,
  parameters: object,
): Promise<Data> {
  if (query.from === 'counts') return { ...query.show(await reader.counts(), parameters) };
  return page(query, reader, parameters as { limit: number; cursor?: string });
}

async function page(
  { where, countsOf, show }: RowsQuery<object>,
  reader: ReadModelReader<object>,
  { limit, cursor, ...filters }: { limit: number; cursor?: string },
): Promise<Data> {
  const { items, nextCursor } = await reader.query({ where: where(filters), limit, ...(cursor && { cursor }) });
  const counts = countsOf === undefined ? {} : await reader.counts(items.map(countsOf));
  return { items: items.map((row) => show(row, counts)), nextCursor };
}

/** Pages that poll ask the same many times a second; one answer serves them for so long. */
const FRESH_MS = 1000;
/** An environment that is asked everything once forgets the oldest. */
const MAX_ANSWERS = 100;

type Recent = ReturnType<typeof recentAnswers>;

function recentAnswers(now: () => number) {
  const answers = new Map<string, { data: Data; readAt: number }>();
  return async (key: string, read: () => Promise<Data>) => {
    const found = answers.get(key);
    if (found !== undefined && now() - found.readAt < FRESH_MS) return { ...found, fromCache: true };
    const readAt = now();
    const answer = { data: await read(), readAt };
    answers.delete(key);
    answers.set(key, answer);
    const [oldest] = answers.keys();
    if (answers.size > MAX_ANSWERS && oldest !== undefined) answers.delete(oldest);
    return { ...answer, fromCache: false };
  };
}
