import * as z from 'zod';
import { CommandError } from '../../cli/command-error.ts';
import { waitFor } from '../process/waiting.ts';
import type { Api } from './api-call.ts';
import { callApi, dataOf } from './api-call.ts';
import { ResultFile, saveFiles } from './demo-files.ts';

const LIMIT_MS = 60_000;
const POLL_MS = 150;

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

const LogPage = z.object({
  items: z.array(z.object({ progress: z.number().optional(), line: z.string().optional() })),
});

/** Writes lines with the time since the task was sent. */
type Teller = (text: string) => void;

function teller(sentAt: number): Teller {
  return (text) => console.log(`  ${((performance.now() - sentAt) / 1000).toFixed(1).padStart(5)} s  ${text}`);
}

function statusOf({ status, assignedAgent }: Task): string {
  return status === 'assigned' ? `assigned to ${assignedAgent}` : status;
}

/** Tells what the agent has said since it was last asked. */
function logFollower(api: Api, taskId: string, tell: Teller): () => Promise<void> {
  let told = 0;
  return async () => {
    const { items } = await dataOf(await callApi(api, `/tasks/${encodeURIComponent(taskId)}/log?limit=100`), LogPage);
    for (const { progress, line } of items.slice(told)) {
      tell(`  ${progress === undefined ? '     ' : `${String(progress).padStart(3)} %`} ${line ?? ''}`.trimEnd());
    }
    told = items.length;
  };
}

/** Follows the task to its end. */
async function follow(api: Api, first: Task, tell: Teller): Promise<Task> {
  let seen = first;
  tell(statusOf(seen));
  const tellLog = logFollower(api, first.taskId, tell);
  const look = async () => {
    const task = await dataOf(await callApi(api, `/tasks/${encodeURIComponent(first.taskId)}`), Task);
    const ended = task.status !== 'pending' && task.status !== 'assigned';
    // What the agent said came before its task's end, so it is told before it.
    if (ended) await tellLog();
    if (task.status !== seen.status) tell(statusOf(task));
    if (!ended) await tellLog();
    seen = task;
    return ended ? task : undefined;
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
  const tell = teller(performance.now());
  const created = await dataOf(await callApi(api, '/tasks', REQUEST), Task);
  const { taskId, status, error, result } = await follow(api, created, tell);
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
