import type { Task } from '../../../contracts/api/task.ts';
import type { TaskEvent } from '../../../contracts/events/task-events.ts';
import { taskEvents } from '../../../contracts/events/task-events.ts';
import { taskView } from '../../../contracts/views/task.view.ts';
import type { Projection } from '../../../shared/kernel/projection.ts';

/** One row a task: what `GET /tasks` lists. */
export const tasksProjection: Projection<TaskEvent, Task> = { events: taskEvents, project: taskView };
