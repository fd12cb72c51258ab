import * as z from 'zod';
import { CommandError } from '../../cli/command-error.ts';
import { waitFor } from '../process/waiting.ts';
import type { Api } from './api-call.ts';
import { callApi, dataOf } from './api-call.ts';
import { ResultFile, saveFiles } from './demo-files.ts';

const LIMIT_MS = 60_000;
const POLL_MS = 100;

const REQUEST = {
  type: 'code_generation',
  description: 'Generate a simple REST API',
  requirements: [
    { type: 'language', value: 'typescript' },
    { type: 'framework', value: 'express' },
  ],
};

const Task = z.object({
  taskId: z.string(),
  status: z.string(),
  assignedAgent: z.string().nullable(),
  result: z.object({ files: z.array(ResultFile), summary: z.string() }).nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});
type Task = z.infer<typeof Task>;

/** One line per change, with the time since the task was sent. */
function tell(task: Task, sentAt: number): void {
  const seconds = ((performance.now() - sentAt) / 1000).toFixed(1);
  const agent = task.status === 'assigned' ? ` to ${task.assignedAgent}` : '';
  console.log(`  ${seconds.padStart(5)} s  ${task.status}${agent}`);
}

/** Follows the task to its end. */
async function follow(api: Api, first: Task, sentAt: number): Promise<Task> {
  let seen = first;
  tell(seen, sentAt);
  const look = async () => {
    const task = await dataOf(await callApi(api, `/tasks/${encodeURIComponent(first.taskId)}`), Task);
    if (task.status !== seen.status) tell(task, sentAt);
    seen = task;
    return task.status === 'pending' || task.status === 'assigned' ? undefined : task;
  };
  const ended = await waitFor(look, { everyMs: POLL_MS, limitMs: LIMIT_MS, signal: api.signal });
  if (ended) return ended;
  throw new CommandError(`The demonstration task is still ${seen.status} after ${LIMIT_MS / 1000} s.`);
}

/**
 * Sends one task through the public API, shows what becomes of it, and saves the files that the agent made, replacing
 * what an earlier demonstration left in the folder.
 *
 * @throws CommandError where the task doesn't complete within a minute, or its files are not what its result says
 */
export async function demonstrate({ folder, ...api }: Api & { folder: string }): Promise<void> {
  console.log(`\nDemonstration task: "${REQUEST.description}" (TypeScript, Express)`);
  const sentAt = performance.now();
  const created = await dataOf(await callApi(api, '/tasks', REQUEST), Task);
  const { taskId, status, error, result } = await follow(api, created, sentAt);
  if (status !== 'completed' || !result) {
    throw new CommandError(
      `The demonstration task ended ${status}${error ? `, ${error.code}: ${error.message}` : '.'}`,
    );
  }
  await saveFiles(api, taskId, result.files, folder);
  console.log(
    `  Files in maos-demo/: ${result.files.length}, each checked against the size and hash that the result names`,
  );
}
