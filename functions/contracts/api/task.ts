import * as z from 'zod';
import { StoredEvent } from '../event.ts';
import { FilePath } from '../file-path.ts';
import {
  Failure,
  Priority,
  Requirements,
  TaskDescription,
  TaskMetadata,
  TaskResult,
  TaskType,
} from '../task-fields.ts';
import { TASK_ID } from '../task-ids.ts';
import { listQuery, pageOf } from './list.ts';
import { route } from './route.ts';
import { CallbackUrl } from './webhook.ts';

const TaskStatus = z.enum(['pending', 'assigned', 'completed', 'failed', 'cancelled']);

export const Task = z
  .object({
    taskId: z.string(),
    type: TaskType,
    description: TaskDescription,
    requirements: Requirements,
    priority: Priority,
    metadata: TaskMetadata,
    status: TaskStatus,
    /** Stays after the end. */
    assignedAgent: z.string().nullable(),
    result: TaskResult.nullable(),
    error: Failure.nullable(),
    /** The task that this one tries again. */
    retryOf: z.string().optional(),
    correlationId: z.string(),
    /** The number of events behind this state. */
    version: z.int(),
    createdAt: z.string(),
    updatedAt: z.string(),
  })
  .meta({ id: 'Task' });
export type Task = z.infer<typeof Task>;

/** `progress` in percent. */
const TaskLogLine = z.object({
  timestamp: z.string(),
  progress: z.number().optional(),
  line: z.string().optional(),
});

export const CreateTaskBody = z
  .strictObject({
    type: TaskType.meta({ description: 'What kind of work it is; agents say which types they take.' }),
    description: TaskDescription,
    requirements: Requirements.default([]),
    priority: Priority.default(5).meta({ description: 'Higher goes first.' }),
    metadata: TaskMetadata.default({}),
    callbackUrl: CallbackUrl.meta({
      description: 'https, a public address. It is told of each change of the status; redirects are not followed.',
    }).optional(),
  })
  .meta({ id: 'CreateTask' });

export const TaskId = z.string().regex(TASK_ID, 'must be a task id');
export const CancelTaskBody = z.strictObject({ reason: z.string().min(1).max(1000).optional() });

const params = z.strictObject({ taskId: TaskId });

/** What tasks are found by. */
export const taskFilters = {
  status: TaskStatus.optional(),
  type: TaskType.optional(),
  agent: z.string().min(1).max(128).optional(),
  correlationId: z.string().min(1).max(128).optional(),
};

const TaskListQuery = z.strictObject({ ...listQuery, ...taskFilters });
export type TaskListQuery = z.infer<typeof TaskListQuery>;

export const taskRoutes = {
  createTask: route({
    id: 'createTask',
    method: 'POST',
    path: '/api/v1/tasks',
    summary: 'Submit a task',
    scope: 'write',
    idempotent: true,
    body: CreateTaskBody,
    answer: { status: 201, data: Task },
    errors: ['CONFLICT', 'SERVICE_UNAVAILABLE'],
  }),
  listTasks: route({
    id: 'listTasks',
    method: 'GET',
    path: '/api/v1/tasks',
    summary: 'List tasks, newest first',
    scope: 'read',
    query: TaskListQuery,
    answer: { status: 200, data: pageOf(Task) },
    errors: [],
  }),
  getTask: route({
    id: 'getTask',
    method: 'GET',
    path: '/api/v1/tasks/{taskId}',
    summary: 'Read a task',
    scope: 'read',
    params,
    answer: { status: 200, data: Task },
    errors: ['NOT_FOUND'],
  }),
  getTaskEvents: route({
    id: 'getTaskEvents',
    method: 'GET',
    path: '/api/v1/tasks/{taskId}/events',
    summary: "Read a task's whole history, oldest first",
    scope: 'read',
    params,
    answer: { status: 200, data: z.object({ items: z.array(StoredEvent) }) },
    errors: ['NOT_FOUND'],
  }),
  getTaskLog: route({
    id: 'getTaskLog',
    method: 'GET',
    path: '/api/v1/tasks/{taskId}/log',
    summary: 'Read the progress and log lines that the agent sent, oldest first',
    scope: 'read',
    params,
    query: z.strictObject(listQuery),
    answer: { status: 200, data: pageOf(TaskLogLine) },
    errors: ['NOT_FOUND'],
  }),
  cancelTask: route({
    id: 'cancelTask',
    method: 'POST',
    path: '/api/v1/tasks/{taskId}/cancel',
    summary: 'Cancel a task: its agent is freed and its files are removed',
    scope: 'write',
    params,
    body: CancelTaskBody,
    answer: { status: 202, data: Task },
    errors: ['NOT_FOUND', 'CONFLICT'],
  }),
  retryTask: route({
    id: 'retryTask',
    method: 'POST',
    path: '/api/v1/tasks/{taskId}/retry',
    summary: 'Submit a failed or cancelled task again, as a new task',
    scope: 'write',
    idempotent: true,
    params,
    body: z.strictObject({}),
    answer: { status: 201, data: Task },
    errors: ['NOT_FOUND', 'CONFLICT', 'SERVICE_UNAVAILABLE'],
  }),
  getTaskFile: route({
    id: 'getTaskFile',
    method: 'GET',
    path: '/api/v1/tasks/{taskId}/files/{path+}',
    summary: "Download a file of a task's result",
    scope: 'read',
    params: z.strictObject({ taskId: TaskId, path: FilePath }),
    answer: {
      status: 200,
      raw: 'application/octet-stream',
      also: { status: 303, data: z.object({ url: z.url() }) },
    },
    errors: ['NOT_FOUND'],
  }),
};
