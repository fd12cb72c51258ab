import { TaskCountsParameters } from '../../../contracts/api/query.ts';
import type { Counts } from '../../../shared/kernel/projection.ts';
import { countsQuery } from '../read-model-query.ts';

export const taskCountsQuery = countsQuery({ parameters: TaskCountsParameters, show });

/** A count that fell to zero is told as such: it was there once. */
function show(counts: Counts, wanted: TaskCountsParameters) {
  const items = Object.entries(counts)
    .flatMap(([type, amounts]) => Object.entries(amounts).map(([status, count]) => ({ type, status, count })))
    .filter(({ type, status }) => type === (wanted.type ?? type) && status === (wanted.status ?? status))
    .sort((one, other) => `${one.type} ${one.status}`.localeCompare(`${other.type} ${other.status}`));
  return { items, byType: sums(items, 'type'), byStatus: sums(items, 'status'), total: sum(items) };
}

interface Item {
  type: string;
  status: string;
  count: number;
}

function sums(items: readonly Item[], by: 'type' | 'status'): Record<string, number> {
  const groups = Map.groupBy(items, (item) => item[by]);
  return Object.fromEntries(Array.from(groups, ([name, some]) => [name, sum(some)]));
}

const sum = (items: readonly Item[]): number => items.reduce((before, { count }) => before + count, 0);
