import type { Failure, TaskFile } from '../../contracts/task-fields.ts';
import { AppError, isRefusal } from '../../shared/kernel/errors.ts';
import type { TaskLog, TaskLogLine } from '../../shared/platform/task-log.ts';
import type { WorkState } from '../domain/work.decider.ts';
import type { AgentState, LeaseRecord } from './agent-state.ts';
import type { Claim, ClaimPorts } from './claims.ts';
import { claim, secondsAfter } from './claims.ts';
import type { Claimed } from './completion-proof.ts';
import { provenFiles } from './completion-proof.ts';
import { expire, settle } from './settling.ts';
import type { StagedFiles, Upload } from './staged-files.ts';

export interface LeasePorts extends ClaimPorts {
  files: StagedFiles;
  taskLog: Pick<TaskLog, 'append'>;
}

/** A call about a lease: by which key, and by which request, whose id becomes that of the command it leads to. */
export interface LeaseCall {
  leaseId: string;
  keyId: string;
  requestId: string;
}

export interface Beat {
  /** In percent. */
  progress?: number | undefined;
  log?: readonly string[] | undefined;
}

export interface LeaseEnd {
  taskId: string;
  status: 'completed' | 'failed' | 'returned';
}

/**
 * What agents do with work, the same for those that call the API and for ours. A lease is unknown (NOT_FOUND) to every key but its
 * agent's, and one that has ended or run out refuses everything (CONFLICT).
 */
export interface Leases {
  claim(wish: Claim): Promise<LeaseRecord | undefined>;
  heartbeat(call: LeaseCall, beat: Beat): Promise<{ expiresAt: string; cancelled: boolean }>;
  stage(call: LeaseCall, file: { path: string; bytes: Uint8Array; contentType: string }): Promise<TaskFile>;
  uploadUrl(call: LeaseCall, file: TaskFile): Promise<Upload>;
  complete(call: LeaseCall, claimed: Claimed): Promise<LeaseEnd>;
  fail(call: LeaseCall, failure: { error: Failure; retryable: boolean }): Promise<LeaseEnd>;
}

export function leases(ports: LeasePorts): Leases {
  return {
    claim: (wish) => claim(ports, wish),
    heartbeat: (call, beat) => heartbeat(ports, call, beat),
    stage: async (call, file) => ports.files.put(placeOf(await live(ports, call)), file),
    uploadUrl: async (call, file) => ports.files.uploadUrl(placeOf(await live(ports, call)), file),
    complete: (call, claimed) => complete(ports, call, claimed),
    fail: (call, failure) => fail(ports, call, failure),
  };
}

async function heartbeat(ports: LeasePorts, call: LeaseCall, beat: Beat) {
  const { state, taskLog, leaseSeconds } = ports;
  const now = ports.now();
  const lease = await state.prolong(call, now, secondsAfter(now, leaseSeconds));
  if (lease === undefined) throw await ended(ports, await own(state, call));
  await taskLog.append(lease.work.taskId, linesOf(now, beat));
  return { expiresAt: lease.leaseUntil, cancelled: lease.cancelled };
}

/** The progress belongs to the last line: that is how far the work was when the agent sent them. */
function linesOf(timestamp: string, { progress, log = [] }: Beat): TaskLogLine[] {
  const lines: TaskLogLine[] = log.map((line) => ({ timestamp, line }));
  if (progress === undefined) return lines;
  return [...lines.slice(0, -1), { timestamp, ...lines.at(-1), progress }];
}

async function complete(ports: LeasePorts, call: LeaseCall, claimed: Claimed): Promise<LeaseEnd> {
  const lease = await live(ports, call);
  const files = await provenFiles(ports.files, placeOf(lease), claimed);
  const { leaseId } = lease;
  const result = { leaseId, summary: claimed.summary, files };
  await end(ports, lease, () => ports.works.send(lease.work.taskId, 'FinishWork', result, causeOf(call)));
  return { taskId: lease.work.taskId, status: 'completed' };
}

async function fail(ports: LeasePorts, call: LeaseCall, { error, retryable }: { error: Failure; retryable: boolean }) {
  const lease = await live(ports, call);
  const { leaseId, work } = lease;
  const command = retryable ? 'ReturnWork' : 'FailWork';
  const send = () => ports.works.send(work.taskId, command, { leaseId, error }, causeOf(call));
  const { status } = await end(ports, lease, send);
  return { taskId: work.taskId, status: status === 'waiting' ? 'returned' : 'failed' } satisfies LeaseEnd;
}

function causeOf({ requestId, keyId }: LeaseCall) {
  return { commandId: requestId, causationId: requestId, userId: keyId };
}

/** The log decides; whatever it says, the lease holds nothing from here on. */
async function end(ports: LeasePorts, lease: LeaseRecord, send: () => Promise<WorkState>): Promise<WorkState> {
  const outcome = await send().catch((error: unknown) => {
    if (isRefusal(error)) return error;
    throw error;
  });
  await settle(ports, lease);
  if (outcome instanceof Error) throw outcome;
  return outcome;
}

async function own(state: AgentState, { leaseId, keyId }: LeaseCall): Promise<LeaseRecord> {
  const lease = await state.findLease(leaseId);
  if (lease?.keyId === keyId) return lease;
  throw new AppError('NOT_FOUND', `There is no lease ${leaseId}.`);
}

async function live(ports: LeasePorts, call: LeaseCall): Promise<LeaseRecord> {
  const lease = await own(ports.state, call);
  if (lease.open && !lease.lost && lease.leaseUntil > ports.now()) return lease;
  throw await ended(ports, lease);
}

/** Work whose lease has run out goes back at once: who hears that may count on it. */
async function ended(ports: LeasePorts, lease: LeaseRecord): Promise<AppError> {
  if (lease.open && lease.leaseUntil <= ports.now()) await expire(ports, lease);
  return new AppError('CONFLICT', `The lease ${lease.leaseId} has ended or run out.`);
}

function placeOf({ leaseId, work }: LeaseRecord) {
  return { leaseId, taskId: work.taskId };
}
