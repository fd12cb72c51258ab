import type * as z from 'zod';
import type { Failure, Priority, Requirements, TaskMetadata, TaskResult } from './task-fields.ts';

/** Who asked, why and when; the same for every command (seed: CommandMetadata). */
export interface CommandMetadata {
  /** Left out, the command continues what the aggregate's last event began: its correlation, with that event as the cause. */
  correlationId?: string;
  /** The id of the event or request that led to this command. */
  causationId?: string;
  /** The API key's id, where a caller is behind it. */
  userId?: string;
  /** Refused with CONFLICT unless the aggregate stands at just this version. */
  expectedVersion?: number;
  /** ISO 8601, UTC. Deciders have no clock of their own. */
  now: string;
}

/**
 * A wish to change one aggregate (seed: Command). `id` makes it idempotent: the commit that it makes carries it, and the same id
 * again gives the first answer.
 */
export interface Command<Type extends string = string, Payload = unknown> {
  id: string;
  type: Type;
  aggregateId: string;
  payload: Payload;
  metadata: CommandMetadata;
}

export type CreateTask = Command<
  'CreateTask',
  {
    type: string;
    description: string;
    requirements: z.infer<typeof Requirements>;
    priority: z.infer<typeof Priority>;
    metadata: z.infer<typeof TaskMetadata>;
    /** The task that this one tries again. */
    retryOf?: string;
  }
>;
export type AssignTask = Command<'AssignTask', { agent: string }>;
/** Its agent was lost or gave it back. */
export type ReleaseTask = Command<'ReleaseTask', { agent: string; error: Failure }>;
export type CompleteTask = Command<'CompleteTask', { result: TaskResult }>;
export type FailTask = Command<'FailTask', { error: Failure }>;
export type CancelTask = Command<'CancelTask', { reason: string }>;

export type TaskCommand = CreateTask | AssignTask | ReleaseTask | CompleteTask | FailTask | CancelTask;

/** What a handled command answers (seed: CommandResult). `events` are the names of what it caused. */
export interface CommandResult {
  success: true;
  aggregateId: string;
  version: number;
  events: string[];
}
