import { setTimeout as sleep } from 'node:timers/promises';
import { taskEvents } from '../../contracts/events/task-events.ts';
import type { TaskFile, TaskResult } from '../../contracts/task-fields.ts';
import type { AgentWork } from '../../contracts/task-steps.ts';
import { AppError } from '../../shared/kernel/errors.ts';
import type { EventLog } from '../../shared/platform/event-log.ts';
import { history } from '../../shared/platform/stored-event.ts';
import type { TaskFiles } from '../../shared/platform/task-files.ts';
import { scaffoldProject } from '../domain/scaffold.ts';

export interface ScaffoldPorts {
  log: EventLog;
  files: TaskFiles;
  /** How long a task is held before its work, so that a person can see it assigned. */
  holdMs: number;
}

/** Does one task: reads it from the log, generates the project, stores each file. Run twice, it stores the same bytes again. */
export function scaffoldAgent({ log, files, holdMs }: ScaffoldPorts) {
  return async ({ taskId }: AgentWork): Promise<TaskResult> => {
    const [created] = history(taskEvents, await log.load(taskId));
    if (created?.type !== 'TaskCreated') throw new AppError('NOT_FOUND', `There is no task ${taskId}.`);
    const outcome = scaffoldProject(created.data);
    if (!outcome.ok) throw new AppError(outcome.error.code, outcome.error.message);
    await sleep(holdMs);
    const stored: TaskFile[] = [];
    for (const file of outcome.files) stored.push(await files.put(taskId, file));
    return { files: stored, summary: outcome.summary };
  };
}
