import * as z from 'zod';
import { FilePath } from '../file-path.ts';
import { TaskFile, TaskType } from '../task-fields.ts';
import { listQuery, pageOf } from './list.ts';
import { route } from './route.ts';
import { Task } from './task.ts';

/** Of the bytes that an upload carries itself; above, it goes past the API. */
const MAX_INLINE_BYTES = 4 * 1024 * 1024;
/** What S3 takes, and copies, in one piece. */
const MAX_FILE_BYTES = 5 * 1024 ** 3;

const Id = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be an id');

export const Agent = z
  .object({
    agentId: z.string(),
    name: z.string(),
    capabilities: z.array(TaskType).meta({ description: 'The task types that it takes.' }),
    maxConcurrency: z.int(),
    status: z
      .enum(['online', 'offline'])
      .meta({ description: 'Online: it holds a task, or has asked for one within the last 90 seconds.' }),
    activeTasks: z.int().meta({ description: 'Tasks that it holds.' }),
    lastSeenAt: z.string(),
    createdAt: z.string(),
  })
  .meta({ id: 'Agent' });
export type Agent = z.infer<typeof Agent>;

const RegisterAgentBody = z
  .strictObject({
    name: z.string().min(1).max(128),
    capabilities: z
      .array(TaskType)
      .min(1)
      .max(20)
      .refine((types) => new Set(types).size === types.length, 'must name each type once')
      .meta({ description: 'The task types that it takes.' }),
    maxConcurrency: z.int().min(1).max(100).default(1).meta({ description: 'Tasks that it works on at a time.' }),
  })
  .meta({ id: 'RegisterAgent' });

const ClaimBody = z
  .strictObject({
    waitSeconds: z.int().min(0).max(20).default(0).meta({ description: 'How long to wait where no task waits.' }),
  })
  .meta({ id: 'Claim' });

const Lease = z
  .object({
    leaseId: z.string(),
    task: Task,
    expiresAt: z.string().meta({ description: 'Unless a heartbeat comes before.' }),
  })
  .meta({ id: 'Lease' });

const HeartbeatBody = z
  .strictObject({
    progress: z.number().min(0).max(100).optional().meta({ description: 'In percent.' }),
    log: z.array(z.string().max(2000)).max(50).optional(),
  })
  .meta({ id: 'Heartbeat' });

const HeartbeatAnswer = z.object({
  expiresAt: z.string(),
  cancelled: z.boolean().meta({ description: 'Nobody wants the task any more: stop.' }),
});

const Sha256 = TaskFile.shape.sha256.meta({ description: 'In lower-case hex.' });

/** Two headers that come together, for a file that goes past the API. */
const UploadHeaders = z.object({
  'content-type': z.string().optional(),
  'x-file-size': z
    .string()
    .regex(/^\d{1,10}$/, 'must be a number of bytes')
    .refine((size) => Number(size) <= MAX_FILE_BYTES, `must be at most ${MAX_FILE_BYTES}`)
    .optional(),
  'x-file-sha256': Sha256.optional(),
});

const UploadTicket = z
  .object({
    uploadUrl: z.url(),
    headers: z.record(z.string(), z.string()).meta({ description: 'To be sent with the upload, as they are.' }),
    expiresAt: z.string(),
  })
  .meta({ id: 'UploadTicket' });

const CompleteBody = z
  .strictObject({
    summary: z.string().max(10_000),
    files: z.array(z.strictObject({ path: FilePath, sha256: Sha256 })).max(500),
  })
  .meta({ id: 'Complete' });

const FailBody = z
  .strictObject({
    error: z.strictObject({
      code: z.string().regex(/^[A-Z][A-Z0-9_]{0,63}$/, 'must be capitals, digits and "_"'),
      message: z.string().min(1).max(2000),
    }),
    retryable: z.boolean().default(false).meta({ description: 'Let another agent try, up to the third.' }),
  })
  .meta({ id: 'Fail' });

const LeaseEnd = z.object({ taskId: z.string(), status: z.enum(['completed', 'failed', 'returned']) });

const ofLease = { scope: 'agent', params: z.strictObject({ leaseId: Id }) } as const;

export const agentRoutes = {
  registerAgent: route({
    id: 'registerAgent',
    method: 'POST',
    path: '/api/v1/agents',
    summary: 'Register an agent; it belongs to the key that does',
    scope: 'agent',
    idempotent: true,
    body: RegisterAgentBody,
    answer: { status: 201, data: Agent },
    errors: [],
  }),
  listAgents: route({
    id: 'listAgents',
    method: 'GET',
    path: '/api/v1/agents',
    summary: 'List agents, newest first',
    scope: 'read',
    query: z.strictObject(listQuery),
    answer: { status: 200, data: pageOf(Agent) },
    errors: [],
  }),
  claimTask: route({
    id: 'claimTask',
    method: 'POST',
    path: '/api/v1/agents/{agentId}/claim',
    summary: 'Take the best task that waits: a lease on it, or 204 where there is none or the agent has its hands full',
    scope: 'agent',
    params: z.strictObject({ agentId: Id }),
    body: ClaimBody,
    answer: { status: 200, data: Lease, also: { status: 204 } },
    errors: ['NOT_FOUND'],
  }),
  heartbeat: route({
    id: 'heartbeat',
    method: 'POST',
    path: '/api/v1/leases/{leaseId}/heartbeat',
    summary: 'Keep a lease, and tell how the work goes',
    ...ofLease,
    body: HeartbeatBody,
    answer: { status: 200, data: HeartbeatAnswer },
    errors: ['NOT_FOUND', 'CONFLICT'],
  }),
  putLeaseFile: route({
    id: 'putLeaseFile',
    method: 'PUT',
    path: '/api/v1/leases/{leaseId}/files/{path+}',
    summary:
      'Upload a file: its bytes up to 4 MB, or above, by an empty body with its size and hash, ask for an address',
    scope: 'agent',
    params: z.strictObject({ leaseId: Id, path: FilePath }),
    headers: UploadHeaders,
    bytes: { max: MAX_INLINE_BYTES },
    answer: { status: 200, data: z.union([TaskFile, UploadTicket]) },
    errors: ['NOT_FOUND', 'CONFLICT'],
  }),
  completeLease: route({
    id: 'completeLease',
    method: 'POST',
    path: '/api/v1/leases/{leaseId}/complete',
    summary: 'End the task with a result; its files are checked first, and the task follows in a moment',
    ...ofLease,
    body: CompleteBody,
    answer: { status: 200, data: LeaseEnd },
    errors: ['NOT_FOUND', 'CONFLICT', 'PAYLOAD_TOO_LARGE'],
  }),
  failLease: route({
    id: 'failLease',
    method: 'POST',
    path: '/api/v1/leases/{leaseId}/fail',
    summary: 'End the task with an error, or return it to the queue (`returned`) where another agent may try',
    ...ofLease,
    body: FailBody,
    answer: { status: 200, data: LeaseEnd },
    errors: ['NOT_FOUND', 'CONFLICT'],
  }),
};
