import type { Task } from '../api/task.ts';
import type { ReadModel } from '../read-model.ts';

/** What of a task is counted. */
export interface CountedTask {
  taskId: string;
  type: string;
  status: Task['status'];
}

/** The read model of the query `task-counts`: nothing of it is listed but its sums. */
export const taskCountsModel: ReadModel<CountedTask> = {
  name: 'task-counts',
  generation: 1,
  idOf: ({ taskId }) => taskId,
  sortKeyOf: ({ taskId }) => taskId,
  indexes: {},
  isListed: () => false,
  // All tasks of a type meet in its counts; a burst of them goes over so many items.
  countParts: 16,
};
