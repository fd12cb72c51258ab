import type { Task, TaskListQuery } from '../../contracts/api/task.ts';
import { taskRoutes } from '../../contracts/api/task.ts';
import type { CreateTask } from '../../contracts/commands.ts';
import type { TaskEvent } from '../../contracts/events/task-events.ts';
import { taskEvents } from '../../contracts/events/task-events.ts';
import { taskView } from '../../contracts/views/task.view.ts';
import type { Recorded } from '../../shared/kernel/decider.ts';
import type { Fault } from '../../shared/kernel/errors.ts';
import { AppError, invalid } from '../../shared/kernel/errors.ts';
import type { CircuitBreaker } from '../../shared/platform/breaker/circuit-breaker.ts';
import type { Answer, DataAnswer } from '../../shared/platform/http/answer.ts';
import { endpoint } from '../../shared/platform/http/http-pipeline.ts';
import type { HttpRequest } from '../../shared/platform/http/http-request.ts';
import { commandHandler } from '../../shared/platform/log/command-handler.ts';
import type { EventLog } from '../../shared/platform/log/event-log.ts';
import { history, storedEvents } from '../../shared/platform/log/stored-event.ts';
import type { ReadModelStore } from '../../shared/platform/read-models/read-models.ts';
import type { TaskLog, TaskLogPage } from '../../shared/platform/task-log.ts';
import type { WebhookStream } from '../../shared/platform/webhooks/deliveries.ts';
import { taskAggregate } from './task-aggregate.ts';
import type { TaskCallbacks } from './task-callbacks.ts';
import type { TaskFiles } from './task-files.ts';
import type { taskCanceller } from './task-saga.ts';

/** Above it, bytes go by a redirect: a Lambda's answer ends at 6 MB, and base64 takes a third on top. */
const MAX_INLINE_BYTES = 4 * 1024 * 1024;

export interface TaskPorts {
  log: EventLog;
  tasks: ReadModelStore<Task>;
  files: TaskFiles;
  lines: Pick<TaskLog, 'page'>;
  cancel: ReturnType<typeof taskCanceller>;
  /** Without agents a task would only wait, so none is taken. */
  breaker: Pick<CircuitBreaker, 'assertAvailable'>;
  callbacks: Pick<TaskCallbacks, 'open' | 'find'>;
  addressFaults(address: string, path: string): Promise<Fault[]>;
}

export function taskEndpoints(ports: TaskPorts) {
  return [
    endpoint(taskRoutes.createTask, (request) => createTask(ports, request)),
    endpoint(taskRoutes.listTasks, async ({ query }) => ({ kind: 'data', data: await listTasks(ports, query) })),
    endpoint(taskRoutes.getTask, async ({ params }) => ({ kind: 'data', data: await getTask(ports, params.taskId) })),
    endpoint(taskRoutes.getTaskEvents, ({ params }) => getTaskEvents(ports, params.taskId)),
    endpoint(taskRoutes.getTaskLog, ({ params, query }) => getTaskLog(ports, params.taskId, query)),
    endpoint(taskRoutes.cancelTask, (request) => cancelTask(ports, request)),
    endpoint(taskRoutes.retryTask, (request) => retryTask(ports, request)),
    endpoint(taskRoutes.getTaskFile, ({ params }) => getTaskFile(ports, params.taskId, params.path)),
  ];
}

type Creating = HttpRequest<typeof taskRoutes.createTask | typeof taskRoutes.retryTask>;
type Callback = Pick<WebhookStream, 'url' | 'owner'>;

/** A refused address leaves nothing behind, nor does a lack of agents. */
async function createTask(ports: TaskPorts, request: HttpRequest<typeof taskRoutes.createTask>): Promise<DataAnswer> {
  const { callbackUrl: url, ...payload } = request.body;
  await ports.breaker.assertAvailable('agent-service');
  if (url === undefined) return submit(ports, request, payload);
  const faults = await ports.addressFaults(url, 'callbackUrl');
  if (faults.length > 0) throw invalid(faults);
  return submit(ports, request, payload, { url, owner: request.caller.keyId });
}

/** A task that ended without a result, once more: the same work under a new id, told to the same address, signed by the same key. */
async function retryTask(ports: TaskPorts, request: HttpRequest<typeof taskRoutes.retryTask>): Promise<DataAnswer> {
  const task = await getTask(ports, request.params.taskId);
  if (task.status !== 'failed' && task.status !== 'cancelled') {
    throw new AppError('CONFLICT', `${task.taskId} is ${task.status}; only a failed or cancelled task is tried again.`);
  }
  await ports.breaker.assertAvailable('agent-service');
  const { taskId: retryOf, type, description, requirements, priority, metadata } = task;
  const known = await ports.callbacks.find(retryOf);
  return submit(ports, request, { type, description, requirements, priority, metadata, retryOf }, known?.stream);
}

/** The stream is open before the task is there, so that no change of it finds none; without its task it has nothing to send. */
async function submit(
  { log, callbacks }: TaskPorts,
  request: Creating,
  payload: CreateTask['payload'],
  callback?: Callback,
): Promise<DataAnswer> {
  const { commandId, requestId, correlationId, now, caller } = request;
  const taskId = request.newId('task');
  if (callback !== undefined) {
    await callbacks.open({ stream: taskId, url: callback.url, owner: callback.owner, correlationId });
  }
  const created = await commandHandler(
    taskAggregate,
    log,
  )({
    id: commandId,
    type: 'CreateTask',
    aggregateId: taskId,
    payload,
    metadata: { correlationId, causationId: requestId, userId: caller.keyId, now },
  });
  return { kind: 'data', data: viewOf(created.history) };
}

const NO_REASON = 'The task was cancelled.';

/** The saga ends the task, once its agent is free and its files are gone. */
async function cancelTask(
  ports: TaskPorts,
  { params, body, commandId, now, caller }: HttpRequest<typeof taskRoutes.cancelTask>,
): Promise<Answer> {
  const task = await getTask(ports, params.taskId);
  if (ENDED.includes(task.status)) throw new AppError('CONFLICT', `${task.taskId} has ended already: ${task.status}.`);
  await ports.cancel(task, { id: commandId, reason: body.reason ?? NO_REASON, userId: caller.keyId, now });
  return { kind: 'data', data: await getTask(ports, params.taskId) };
}

const ENDED: readonly Task['status'][] = ['completed', 'failed', 'cancelled'];

async function getTaskLog({ log, lines }: TaskPorts, taskId: string, page: TaskLogPage): Promise<Answer> {
  if ((await log.load(taskId)).version === 0) throw notFound(taskId);
  return { kind: 'data', data: await lines.page(taskId, page) };
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
