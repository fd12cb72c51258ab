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

/** Durable read models (seed: ReadModelStore). */
export interface ReadModelStore<Row> {
  /** Consistent: a projection decides by it what to apply. */
  get(id: string): Promise<Versioned<Row> | undefined>;
  /**
   * Writes the row unless another writer has moved it on since it was read (`seen`: its version then, 0 for none).
   * `false`: it has moved, nothing was written.
   */
  put(next: Versioned<Row>, seen: number): Promise<boolean>;
  query(query: RowQuery<Row>): Promise<{ items: Row[]; nextCursor: string | null }>;
}
