import type { Counts } from '../../kernel/projection.ts';

/** A row, and the version of its aggregate that it has seen. */
export interface Versioned<Row> {
  row: Row;
  version: number;
}

export interface RowQuery<Row> {
  /** Only rows whose fields equal these. */
  where: Partial<Row>;
  limit: number;
  /** Where the page before ended. */
  cursor?: string;
}

/** What readers ask of a read model. */
export interface ReadModelReader<Row> {
  query(query: RowQuery<Row>): Promise<{ items: Row[]; nextCursor: string | null }>;
  /** The counts of these keys; of all that there are where none are named. */
  counts(keys?: readonly string[]): Promise<Counts>;
}

/** Durable read models (seed: ReadModelStore). */
export interface ReadModelStore<Row> extends ReadModelReader<Row> {
  /** Consistent: a projection decides by it what to apply. */
  get(id: string): Promise<Versioned<Row> | undefined>;
  /**
   * Writes the row and what it changes of the counts, both or neither, unless another writer has moved the row on since it was read
   * (`seen`: its version then, 0 for none). `false`: it has moved, nothing was written.
   */
  put(next: Versioned<Row>, seen: number, changes?: Counts): Promise<boolean>;
}
