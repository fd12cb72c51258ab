import type { TaskCommand } from '../../contracts/commands.ts';
import type { TaskEvent } from '../../contracts/events/task-events.ts';
import { taskEvents } from '../../contracts/events/task-events.ts';
import type { Aggregate } from '../../shared/platform/log/command-handler.ts';
import type { TaskState } from '../domain/task.decider.ts';
import { taskDecider } from '../domain/task.decider.ts';

/** The task aggregate as the command handler takes it. */
export const taskAggregate: Aggregate<TaskCommand, TaskEvent, TaskState> = { decider: taskDecider, events: taskEvents };
