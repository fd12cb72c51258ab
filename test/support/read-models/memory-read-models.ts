import type { ReadModel } from '../../../functions/contracts/read-model.ts';
import type { Counts } from '../../../functions/shared/kernel/projection.ts';
import { cursorTo, placeOf } from '../../../functions/shared/platform/cursor.ts';
import type {
  ReadModelStore,
  RowQuery,
  Versioned,
} from '../../../functions/shared/platform/read-models/read-models.ts';

/** Read models in memory, for tests. The contract suite holds them to the same rules as those in DynamoDB. */
export function memoryReadModels<Row extends object>(model: ReadModel<Row>): ReadModelStore<Row> {
  const items = new Map<string, string>();
  const counts = new Map<string, Record<string, number>>();
  const count = (changes: Counts) => {
    for (const [key, change] of Object.entries(changes))
      for (const [field, by] of Object.entries(change)) {
        const amounts = counts.get(key) ?? {};
        counts.set(key, { ...amounts, [field]: (amounts[field] ?? 0) + by });
      }
  };
  const read = (id: string): Versioned<Row> | undefined => {
    const text = items.get(id);
    return text === undefined ? undefined : (JSON.parse(text) as Versioned<Row>);
  };
  return {
    get: async (id) => read(id),
    async put(next, seen, changes = {}) {
      const id = model.idOf(next.row);
      if ((read(id)?.version ?? 0) !== seen) return false;
      items.set(id, JSON.stringify(next));
      count(changes);
      return true;
    },
    async query(query) {
      const rows = [...items.values()].map((text) => (JSON.parse(text) as Versioned<Row>).row);
      return page(
        model,
        rows.filter((row) => model.isListed?.(row) !== false),
        query,
      );
    },
    async counts(keys = [...counts.keys()]) {
      return Object.fromEntries(keys.flatMap((key) => (counts.has(key) ? [[key, { ...counts.get(key) }]] : [])));
    },
  };
}

function page<Row extends object>(model: ReadModel<Row>, rows: readonly Row[], query: RowQuery<Row>) {
  const sortOf = (row: Row) => `${model.sortKeyOf(row)}#${model.idOf(row)}`;
  const before = query.cursor === undefined ? undefined : placeOf(query.cursor, listOf(query), ['sort']).sort;
  const found = rows
    .filter((row) => Object.entries(query.where).every(([field, value]) => row[field as keyof Row] === value))
    .filter((row) => before === undefined || sortOf(row) < before)
    .sort((a, b) => (sortOf(a) < sortOf(b) ? 1 : -1));
  const items = found.slice(0, query.limit);
  const last = items.at(-1);
  const more = found.length > items.length && last !== undefined;
  return { items, nextCursor: more ? cursorTo(listOf(query), { sort: sortOf(last) }) : null };
}

function listOf<Row>(query: RowQuery<Row>): string {
  return JSON.stringify(Object.entries(query.where).sort());
}
