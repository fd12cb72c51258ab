import type { EventContract } from '../../shared/kernel/decider.ts';
import { eventContract } from '../../shared/kernel/decider.ts';
import type { Failure, TaskFile } from '../task-fields.ts';

/** A task's work waits for an agent. */
export interface WorkOffered {
  type: 'WorkOffered';
  data: { taskId: string; sagaId: string; taskType: string; priority: number };
}

/** An agent has taken it, for as long as it keeps the lease alive. */
export interface WorkLeased {
  type: 'WorkLeased';
  data: { leaseId: string; agentId: string };
}

/** The agent was lost or gave it back; it waits for another. */
export interface WorkReturned {
  type: 'WorkReturned';
  data: { leaseId: string; agentId: string; error: Failure };
}

/** A file that was proven to lie in staging. `etag` is the bucket's name for just these bytes; any others would get another. */
export interface StagedFile extends TaskFile {
  etag: string;
}

/** The agent has done it: its files are there, each with the hash that it named. */
export interface WorkDone {
  type: 'WorkDone';
  data: { leaseId: string; agentId: string; summary: string; files: StagedFile[] };
}

/** It will not be done: the agent refused it, or too many agents were lost over it. */
export interface WorkFailed {
  type: 'WorkFailed';
  data: { leaseId: string; agentId: string; error: Failure };
}

/** It is not wanted any more; whoever holds it hears so by the next heartbeat. */
export interface WorkWithdrawn {
  type: 'WorkWithdrawn';
  data: { reason: string };
}

/** Everything that can happen to a task's work, in its newest form. */
export type WorkEvent = WorkOffered | WorkLeased | WorkReturned | WorkDone | WorkFailed | WorkWithdrawn;

export const workEvents: EventContract<WorkEvent> = eventContract<WorkEvent>({
  WorkOffered: true,
  WorkLeased: true,
  WorkReturned: true,
  WorkDone: true,
  WorkFailed: true,
  WorkWithdrawn: true,
});
