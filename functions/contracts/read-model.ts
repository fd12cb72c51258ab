/** Up to four fields of a model can be filtered by an index; the slots are the same for every model. */
export const INDEX_SLOTS = ['index1', 'index2', 'index3', 'index4'] as const;
export type IndexSlot = (typeof INDEX_SLOTS)[number];

/** How a model's rows are found again. Filters on fields without a slot are made on the rows that an index gave. */
export interface ReadModel<Row> {
  name: string;
  /** Rows of another generation are another table to every reader; a rebuild fills the next one beside this one. */
  generation: number;
  idOf(row: Row): string;
  /** Lists go from the highest to the lowest: a creation time gives newest first. */
  sortKeyOf(row: Row): string;
  indexes: Partial<Record<IndexSlot, keyof Row & string>>;
  /** `false`: only counts are made of the row, and no list shows it. All are listed where it is left out. */
  isListed?(row: Row): boolean;
  /** How many items keep one count, so that writers of different rows seldom meet in one; 1 where it is left out. */
  countParts?: number;
}
