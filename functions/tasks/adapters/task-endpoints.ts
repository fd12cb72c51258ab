import type { Task, TaskListQuery } from '../../contracts/api/task.ts';
import { taskRoutes } from '../../contracts/api/task.ts';
import type { CreateTask } from '../../contracts/commands.ts';
import { AppError } from '../../shared/kernel/errors.ts';
import type { Answer, DataAnswer } from '../../shared/platform/http/answer.ts';
import { endpoint } from '../../shared/platform/http/http-pipeline.ts';
import type { HttpRequest } from '../../shared/platform/http/http-request.ts';
import { storedEvents } from '../../shared/platform/log/stored-event.ts';
import type { ReadModelReader } from '../../shared/platform/read-models/read-models.ts';
import type { TaskLog, TaskLogPage } from '../../shared/platform/task-log.ts';
import type { CancelPorts } from './cancel-task.ts';
import { cancelTask } from './cancel-task.ts';
import type { Callback, CreatePorts } from './create-task.ts';
import { assertAdmissible, createTask } from './create-task.ts';
import { noTask, readTask, taskOf } from './read-task.ts';
import type { TaskCallbacks } from './task-callbacks.ts';
import type { TaskFiles } from './task-files.ts';

/** Above it, bytes go by a redirect: a Lambda's answer ends at 6 MB, and base64 takes a third on top. */
const MAX_INLINE_BYTES = 4 * 1024 * 1024;

export interface TaskPorts extends CreatePorts, CancelPorts {
  tasks: Pick<ReadModelReader<Task>, 'query'>;
  files: TaskFiles;
  lines: Pick<TaskLog, 'page'>;
  callbacks: Pick<TaskCallbacks, 'find'>;
}

export function taskEndpoints(ports: TaskPorts) {
  const { log } = ports;
  return [
    endpoint(taskRoutes.createTask, (request) => takeTask(ports, request)),
    endpoint(taskRoutes.listTasks, async ({ query }) => ({ kind: 'data', data: await listTasks(ports, query) })),
    endpoint(taskRoutes.getTask, async ({ params }) => ({ kind: 'data', data: await readTask(log, params.taskId) })),
    endpoint(taskRoutes.getTaskEvents, ({ params }) => getTaskEvents(ports, params.taskId)),
    endpoint(taskRoutes.getTaskLog, ({ params, query }) => getTaskLog(ports, params.taskId, query)),
    endpoint(taskRoutes.cancelTask, (request) => endTask(ports, request)),
    endpoint(taskRoutes.retryTask, (request) => retryTask(ports, request)),
    endpoint(taskRoutes.getTaskFile, ({ params }) => getTaskFile(ports, params.taskId, params.path)),
  ];
}

type Creating = HttpRequest<typeof taskRoutes.createTask | typeof taskRoutes.retryTask>;

/** A refused address leaves nothing behind, nor does a lack of agents. */
async function takeTask(ports: TaskPorts, request: HttpRequest<typeof taskRoutes.createTask>): Promise<DataAnswer> {
  const { callbackUrl: url, ...payload } = request.body;
  await assertAdmissible(ports, { url });
  return submit(ports, request, payload, url === undefined ? url : { url, owner: request.caller.keyId });
}

/** A task that ended without a result, once more: the same work under a new id, told to the same address, signed by the same key. */
async function retryTask(ports: TaskPorts, request: HttpRequest<typeof taskRoutes.retryTask>): Promise<DataAnswer> {
  const task = await readTask(ports.log, request.params.taskId);
  if (task.status !== 'failed' && task.status !== 'cancelled') {
    throw new AppError('CONFLICT', `${task.taskId} is ${task.status}; only a failed or cancelled task is tried again.`);
  }
  await assertAdmissible(ports);
  const { taskId: retryOf, type, description, requirements, priority, metadata } = task;
  const known = await ports.callbacks.find(retryOf);
  return submit(ports, request, { type, description, requirements, priority, metadata, retryOf }, known?.stream);
}

async function submit(
  ports: TaskPorts,
  { commandId: id, requestId, correlationId, now, caller, newId }: Creating,
  payload: CreateTask['payload'],
  callback: Callback | undefined,
): Promise<DataAnswer> {
  const metadata = { correlationId, causationId: requestId, userId: caller.keyId, now };
  const command = { id, type: 'CreateTask', aggregateId: newId('task'), payload, metadata } as const;
  const { history } = await createTask(ports, command, callback);
  return { kind: 'data', data: taskOf(history) };
}

async function endTask(
  ports: TaskPorts,
  { params: { taskId }, body, commandId: id, now, caller }: HttpRequest<typeof taskRoutes.cancelTask>,
): Promise<Answer> {
  const metadata = { causationId: id, userId: caller.keyId, now };
  await cancelTask(ports, { id, taskId, reason: body.reason, metadata });
  return { kind: 'data', data: await readTask(ports.log, taskId) };
}

async function getTaskLog({ log, lines }: TaskPorts, taskId: string, page: TaskLogPage): Promise<Answer> {
  if ((await log.load(taskId)).version === 0) throw noTask(taskId);
  return { kind: 'data', data: await lines.page(taskId, page) };
}

function listTasks({ tasks }: TaskPorts, query: TaskListQuery) {
  const { limit, cursor, status, type, agent, correlationId } = query;
  const wanted = { status, type, assignedAgent: agent, correlationId };
  const where = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
  return tasks.query({ where, limit, ...(cursor === undefined ? {} : { cursor }) });
}

async function getTaskEvents({ log }: TaskPorts, taskId: string): Promise<Answer> {
  const { commits } = await log.load(taskId);
  if (commits.length === 0) throw noTask(taskId);
  return { kind: 'data', data: { items: commits.flatMap(storedEvents) } };
}

async function getTaskFile(ports: TaskPorts, taskId: string, path: string): Promise<Answer> {
  const task = await readTask(ports.log, taskId);
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
