import type { Task } from '../api/task.ts';
import type { ReadModel } from '../read-model.ts';

/** The read model behind `GET /tasks`: each of its filters has an index. */
export const taskReadModel: ReadModel<Task> = {
  name: 'tasks',
  generation: 1,
  idOf: (task) => task.taskId,
  sortKeyOf: (task) => task.createdAt,
  indexes: { index1: 'correlationId', index2: 'assignedAgent', index3: 'status', index4: 'type' },
};
