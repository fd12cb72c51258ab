import type { RebuiltRows } from '../../shared/kernel/projection-state.ts';

export const NO_ROWS: RebuiltRows = { written: 0, changed: 0, added: 0, older: 0 };

export function sumOf(all: readonly RebuiltRows[]): RebuiltRows {
  return all.reduce(
    (sum, one) => ({
      written: sum.written + one.written,
      changed: sum.changed + one.changed,
      added: sum.added + one.added,
      older: sum.older + one.older,
    }),
    NO_ROWS,
  );
}

/** A row, as far as it is compared. */
interface Compared {
  row: object;
  version: number;
}

/**
 * What a rebuilt row is beside the one that is read. A version says how much of the history a row has seen, so only rows of one version
 * can be told apart by their content.
 */
export function compared(rebuilt: Compared | undefined, read: Compared | undefined): RebuiltRows {
  if (rebuilt === undefined) return read === undefined ? NO_ROWS : { ...NO_ROWS, older: 1 };
  const rows = { ...NO_ROWS, written: 1 };
  if (read === undefined) return { ...rows, added: 1 };
  if (rebuilt.version < read.version) return { ...rows, older: 1 };
  const isChanged = rebuilt.version === read.version && JSON.stringify(rebuilt.row) !== JSON.stringify(read.row);
  return isChanged ? { ...rows, changed: 1 } : rows;
}
