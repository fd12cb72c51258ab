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
}

/** The query side (seed: QueryHandler). */
export function queryEndpoints(ports: QueryPorts) {
  return [
    endpoint(queryRoutes.query, async ({ body, now }) => ({ kind: 'data', data: await handleQuery(ports, body, now) })),
  ];
}

/**
 * Nothing is cached: an answer of some moments ago could show a reader less than the answer before, and says nothing of a switch to
 * rebuilt rows.
 */
const FROM_CACHE = false;

async function handleQuery(ports: QueryPorts, { type, parameters }: QueryBody, now: string): Promise<QueryResult> {
  if (!isProjection(type)) throw unknown(type);
  const query = QUERIES[type];
  const checked = query.parameters.safeParse(parameters);
  if (!checked.success) throw invalid(checked.error.issues.flatMap(faultsOf).map(below('parameters')));
  const data = await answered(query, ports.readerOf(type), checked.data);
  return { data, metadata: { queryType: type, timestamp: now, fromCache: FROM_CACHE } };
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
