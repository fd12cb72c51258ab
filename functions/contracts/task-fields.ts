import * as z from 'zod';
import { FilePath } from './file-path.ts';
import { TASK_TYPE } from './task-ids.ts';

/** A task's fields, said once: commands, events and the API build on them. */
export const TaskType = z.string().regex(TASK_TYPE, 'must be 1 to 64 letters, digits, "_", "-" or "."');

export const TaskDescription = z.string().min(1).max(10_000);

export const Requirement = z.strictObject({ type: z.string().min(1).max(64), value: z.string().min(1).max(256) });
export type Requirement = z.infer<typeof Requirement>;

export const Requirements = z.array(Requirement).max(50);

/** 0 to 9; the higher goes first. */
export const Priority = z.int().min(0).max(9);

/** The caller's own labels, returned as they came. */
export const TaskMetadata = z.record(z.string().min(1).max(128), z.json());

export const TaskFile = z.object({
  path: FilePath,
  /** Bytes. */
  size: z.int().min(0),
  /** Of the content, in lower-case hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  contentType: z.string(),
});
export type TaskFile = z.infer<typeof TaskFile>;

export const TaskResult = z.object({ files: z.array(TaskFile).max(500), summary: z.string() });
export type TaskResult = z.infer<typeof TaskResult>;

/** A task's, saga's or request's own error. */
export const Failure = z.object({ code: z.string(), message: z.string() });
export type Failure = z.infer<typeof Failure>;
