import { TasksParameters } from '../../../contracts/api/query.ts';
import type { Task } from '../../../contracts/api/task.ts';
import { rowsQuery } from '../read-model-query.ts';

export const tasksQuery = rowsQuery({
  parameters: TasksParameters,
  where: ({ agent, ...filters }): Partial<Task> => ({
    ...filters,
    ...(agent !== undefined && { assignedAgent: agent }),
  }),
  show: (task: Task) => task,
});
