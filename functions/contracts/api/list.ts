import * as z from 'zod';

/** Digits only: JavaScript would read `1e1`, `0x1` and ` 1` as numbers, too. */
const Count = z.preprocess((given) => (/^\d+$/.test(String(given)) ? Number(given) : given), z.int().min(1).max(100));

/** The two parameters that every list takes. A cursor is opaque, and good only for the list that gave it. */
export const listQuery = {
  // The override: OpenAPI files leave out the default of what is converted.
  limit: Count.default(25).meta({ description: 'Items a page, 1 to 100.', override: { default: 25 } }),
  cursor: z.string().min(1).max(2048).optional().meta({ description: 'The `nextCursor` of the page before.' }),
};

/** `nextCursor` is null on the last page. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}
export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}
