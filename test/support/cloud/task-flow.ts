import { createHash, randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { Task } from '../../../functions/contracts/api/task.ts';
import type { StoredEvent } from '../../../functions/contracts/event.ts';
import { waitFor } from '../../../local/process/waiting.ts';
import type { ApiClient, Reply } from './api-client.ts';
import { dataOf } from './api-client.ts';

export const GENERATE_API = {
  type: 'code_generation',
  description: 'Generate a simple REST API',
  requirements: [
    { type: 'language', value: 'typescript' },
    { type: 'framework', value: 'express' },
  ],
};

/** The seed's own limits for a task: assigned within, ended within. */
const ASSIGNED_MS = 10_000;
const ENDED_MS = 90_000;
const LISTED_MS = 30_000;
const POLL_MS = 150;

interface TaskFlow {
  /** The answer to its submission; the task in it, as it was first seen with an agent, and as it ended. */
  submission: Reply;
  created: Task;
  assigned: Task;
  ended: Task;
  /** Its row in the list, once the list had caught up. */
  listed: Task;
  events: StoredEvent[];
  /** By path, in the order of the result. */
  files: Map<string, Reply>;
}

/**
 * A task from its submission to the download of its files, the way every caller goes. Throws one line at the first step
 * that does not do what it promises.
 */
export async function taskFlow(api: ApiClient, correlationId: string): Promise<TaskFlow> {
  const submission = await api.create('/tasks', GENERATE_API, { 'x-correlation-id': correlationId });
  const created = dataOf<Task>(submission);
  const assigned = await untilTask(api, created.taskId, (task) => task.assignedAgent !== null, ASSIGNED_MS);
  const ended = await endedTask(api, created.taskId);
  if (ended.status !== 'completed') {
    throw new Error(`The task ended ${ended.status} with ${ended.error?.code}: ${ended.error?.message}`);
  }
  const files = await downloads(api, ended);
  const events = await historyOf(api, ended.taskId);
  return { submission, created, assigned, ended, listed: await listedTask(api, ended), events, files };
}

/** The task once it has ended, well or not. */
export function endedTask(api: ApiClient, taskId: string, limitMs = ENDED_MS): Promise<Task> {
  return untilTask(api, taskId, ({ status }) => status !== 'pending' && status !== 'assigned', limitMs);
}

/** Its row in `GET /tasks`, once the list has caught up with its version. */
export async function listedTask(api: ApiClient, { correlationId, taskId, version }: Task): Promise<Task> {
  const look = async () => {
    const { items } = await api.data<{ items: Task[] }>(`/tasks?correlationId=${correlationId}&limit=100`);
    return items.find((row) => row.taskId === taskId && row.version >= version);
  };
  const row = await waitFor(look, { everyMs: POLL_MS, limitMs: LISTED_MS });
  if (row === undefined) throw new Error(`The list does not show ${taskId} at version ${version}.`);
  return row;
}

/** Submits a task under this correlation id and answers it as it was answered. */
export async function newTask(api: ApiClient, body: unknown, correlationId: string): Promise<Task> {
  return dataOf<Task>(await api.create('/tasks', body, { 'x-correlation-id': correlationId }));
}

export async function historyOf(api: ApiClient, taskId: string): Promise<StoredEvent[]> {
  const { items } = await api.data<{ items: StoredEvent[] }>(`/tasks/${taskId}/events`);
  return items;
}

/** A correlation id that no other test has. */
export function newCorrelationId(): string {
  return `test-${randomUUID()}`;
}

/** The task, once it is as it should be. */
export async function untilTask(
  api: ApiClient,
  taskId: string,
  isThere: (task: Task) => boolean,
  limitMs: number = ENDED_MS,
): Promise<Task> {
  let seen: Task | undefined;
  const look = async () => {
    seen = await api.data<Task>(`/tasks/${taskId}`);
    return isThere(seen) ? seen : undefined;
  };
  const task = await waitFor(look, { everyMs: POLL_MS, limitMs });
  if (task === undefined) throw new Error(`${taskId} is still ${seen?.status} after ${limitMs / 1000} s.`);
  return task;
}

/** Every file of the result, each just the bytes that the result promises. */
async function downloads(api: ApiClient, { taskId, result }: Task): Promise<Map<string, Reply>> {
  const files = new Map<string, Reply>();
  for (const { path, size, sha256 } of result?.files ?? []) {
    const reply = await api.bytes(`/tasks/${taskId}/files/${path}`);
    const actual = { path, size: reply.bytes.length, sha256: createHash('sha256').update(reply.bytes).digest('hex') };
    expect(actual).toEqual({ path, size, sha256 });
    files.set(path, reply);
  }
  return files;
}
