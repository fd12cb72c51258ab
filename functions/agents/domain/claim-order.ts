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

/** The works that are more urgent than one, that one, and then the others. */
export function preferring<Work extends Waiting>(works: readonly Work[], preferred: Work): Work[] {
  const others = works.filter(({ taskId }) => taskId !== preferred.taskId);
  const urgent = others.filter(({ priority }) => priority > preferred.priority);
  return [...urgent, preferred, ...others.filter((work) => !urgent.includes(work))];
}

function order(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
