import type { ParametersSchema } from '../../contracts/api/query.ts';
import type { Counts } from '../../shared/kernel/projection.ts';

/** How a query is answered: from the rows of its read model, page by page, or from its counts. */
export type ReadModelQuery<Row> = RowsQuery<Row> | CountsQuery;

export interface RowsQuery<Row> {
  from: 'rows';
  parameters: ParametersSchema<PageParameters>;
  /** What the rows must equal. */
  where(filters: object): Partial<Row>;
  /** The key of the counts that are told with a row. */
  countsOf?(row: Row): string;
  show(row: Row, counts: Counts): object;
}

export interface CountsQuery {
  from: 'counts';
  parameters: ParametersSchema<object>;
  show(counts: Counts, parameters: object): object;
}

interface PageParameters {
  limit: number;
  cursor?: string | undefined;
}

/** @param query `where` gets the parameters without those of the page, and only those that were given. */
export function rowsQuery<Row, P extends PageParameters>(query: {
  parameters: ParametersSchema<P>;
  where(filters: Given<Omit<P, keyof PageParameters>>): Partial<Row>;
  countsOf?(row: Row): string;
  show(row: Row, counts: Counts): object;
}): RowsQuery<Row> {
  return { from: 'rows', ...query } as RowsQuery<Row>;
}

type Given<P> = { [Name in keyof P]?: Exclude<P[Name], undefined> };

export function countsQuery<P extends object>(query: {
  parameters: ParametersSchema<P>;
  show(counts: Counts, parameters: P): object;
}): CountsQuery {
  return { from: 'counts', ...query } as CountsQuery;
}
