interface Waiting {
  priority: number;
  createdAt: string;
  taskId: string;
}

/** Higher priority first; of one priority, the older first. */
export function bestFirst<Work extends Waiting>(works: readonly Work[]): Work[] {
  return [...works].sort(
    (a, b) => b.priority - a.priority || order(a.createdAt, b.createdAt) || order(a.taskId, b.taskId),
  );
}

function order(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
