import type { Task, TaskListQuery } from '../../contracts/api/task.ts';
import { taskRoutes } from '../../contracts/api/task.ts';
import type { CreateTask } from '../../contracts/commands.ts';
import type { TaskEvent } from '../../contracts/events/task-events.ts';
import { taskEvents } from '../../contracts/events/task-events.ts';
import { taskView } from '../../contracts/views/task.view.ts';
import type { Recorded } from '../../shared/kernel/decider.ts';
import { AppError } from '../../shared/kernel/errors.ts';
import type { Handled } from '../../shared/platform/command-handler.ts';
import { commandHandler } from '../../shared/platform/command-handler.ts';
import type { EventLog } from '../../shared/platform/event-log.ts';
import type { Answer } from '../../shared/platform/http/answer.ts';
import { endpoint } from '../../shared/platform/http/http-pipeline.ts';
import type { HttpRequest } from '../../shared/platform/http/http-request.ts';
import { newId } from '../../shared/platform/ids.ts';
import type { ReadModelStore } from '../../shared/platform/read-models.ts';
import { history, storedEvents } from '../../shared/platform/stored-event.ts';
import type { TaskFiles } from '../../shared/platform/task-files.ts';
import { taskAggregate } from './task-aggregate.ts';

/** Above it, bytes go by a redirect: a Lambda's answer ends at 6 MB, and base64 takes a third on top. */
const MAX_INLINE_BYTES = 4 * 1024 * 1024;

export interface TaskPorts {
  log: EventLog;
  tasks: ReadModelStore<Task>;
  files: TaskFiles;
}

export function taskEndpoints(ports: TaskPorts) {
  const handle = commandHandler(taskAggregate, ports.log);
  return [
    endpoint(taskRoutes.createTask, (request) => createTask(handle, request)),
    endpoint(taskRoutes.listTasks, async ({ query }) => ({ kind: 'data', data: await listTasks(ports, query) })),
    endpoint(taskRoutes.getTask, async ({ params }) => ({ kind: 'data', data: await getTask(ports, params.taskId) })),
    endpoint(taskRoutes.getTaskEvents, ({ params }) => getTaskEvents(ports, params.taskId)),
    endpoint(taskRoutes.getTaskFile, ({ params }) => getTaskFile(ports, params.taskId, params.path)),
  ];
}

async function createTask(
  handle: (command: CreateTask) => Promise<Handled<TaskEvent>>,
  request: HttpRequest<typeof taskRoutes.createTask>,
): Promise<Answer> {
  const { requestId, correlationId, now, caller, body } = request;
  const created = await handle({
    id: requestId,
    type: 'CreateTask',
    aggregateId: newId('task'),
    payload: body,
    metadata: { correlationId, causationId: requestId, userId: caller.keyId, now },
  });
  return { kind: 'data', data: viewOf(created.history) };
}

function listTasks({ tasks }: TaskPorts, query: TaskListQuery) {
  const { limit, cursor, status, type, agent, correlationId } = query;
  const wanted = { status, type, assignedAgent: agent, correlationId };
  const where = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
  return tasks.query({ where, limit, ...(cursor === undefined ? {} : { cursor }) });
}

/** From the log, so that a caller sees every write acknowledged before. */
async function getTask({ log }: TaskPorts, taskId: string): Promise<Task> {
  const stream = await log.load(taskId);
  if (stream.version === 0) throw notFound(taskId);
  return viewOf(history(taskEvents, stream));
}

async function getTaskEvents({ log }: TaskPorts, taskId: string): Promise<Answer> {
  const { commits } = await log.load(taskId);
  if (commits.length === 0) throw notFound(taskId);
  return { kind: 'data', data: { items: commits.flatMap(storedEvents) } };
}

async function getTaskFile(ports: TaskPorts, taskId: string, path: string): Promise<Answer> {
  const task = await getTask(ports, taskId);
  const file = task.result?.files.find((one) => one.path === path);
  if (file === undefined) throw new AppError('NOT_FOUND', `${taskId} has no file of this path.`);
  if (file.size > MAX_INLINE_BYTES) {
    const url = await ports.files.downloadUrl(taskId, path);
    return { kind: 'data', status: 303, headers: { location: url }, data: { url } };
  }
  const headers = { ...AS_DOWNLOAD, 'content-type': file.contentType };
  return { kind: 'raw', status: 200, headers, body: await ports.files.read(taskId, path) };
}

/** An agent's file is never a page of ours: browsers save it, and run nothing of it. */
const AS_DOWNLOAD = {
  'content-disposition': 'attachment',
  'content-security-policy': "sandbox; default-src 'none'",
};

function viewOf(events: readonly Recorded<TaskEvent>[]): Task {
  return events.reduce<Task | undefined>(taskView, undefined) as Task;
}

function notFound(taskId: string): AppError {
  return new AppError('NOT_FOUND', `There is no task ${taskId}.`);
}
