import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { sagaIdOf } from '../functions/contracts/task-ids.ts';
import type { CountedRequest, CountingProxy } from './counting-proxy.ts';
import { billedTransitions } from './measured-cloud.ts';

/** Where the measured API is, and the machine whose executions are counted. */
export interface Bench {
  apiUrl: string;
  apiKey: string;
  taskMachineArn: string;
  proxy: CountingProxy;
}

export interface TaskFigures {
  status: string;
  writeUnits: number;
  requests: number;
  /** Requests and write units by service and operation, most requests first. */
  byOperation: [name: string, requests: number, writeUnits: number][];
  transitions: number;
}

const Answer = z.object({ data: z.object({ taskId: z.string(), status: z.string() }) });

/** Marks and read models follow a task's end; when nobody has asked for anything for so long, they are done. */
const QUIET_MS = 4000;
const QUIET_LIMIT_MS = 120_000;
const LOOK_MS = 100;

/** Runs one task and counts what it took until everything behind it has come to rest. Nobody asks how it goes meanwhile. */
export async function benchTask(bench: Bench, body: object): Promise<TaskFigures> {
  await untilQuiet(bench.proxy);
  const { taskId } = await call(bench, '/tasks', { method: 'POST', body: JSON.stringify(body) });
  const counted = await untilQuiet(bench.proxy);
  const { status } = await call(bench, `/tasks/${taskId}`);
  const execution = `${bench.taskMachineArn.replace(':stateMachine:', ':execution:')}:${sagaIdOf(taskId)}-1`;
  return {
    status,
    writeUnits: unitsOf(counted),
    requests: counted.length,
    byOperation: histogram(counted),
    transitions: await billedTransitions(execution),
  };
}

async function call({ apiUrl, apiKey }: Bench, path: string, init: RequestInit = {}) {
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
  const response = await fetch(`${apiUrl}/api/v1${path}`, { ...init, headers });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return Answer.parse(await response.json()).data;
}

async function untilQuiet(proxy: CountingProxy): Promise<CountedRequest[]> {
  const counted: CountedRequest[] = [];
  const limit = performance.now() + QUIET_LIMIT_MS;
  let quietSince = performance.now();
  while (performance.now() - quietSince < QUIET_MS) {
    if (performance.now() > limit) throw new Error('The functions do not come to rest.');
    await sleep(LOOK_MS);
    const taken = proxy.take();
    if (taken.length > 0) quietSince = performance.now();
    counted.push(...taken);
  }
  return counted;
}

function unitsOf(requests: readonly CountedRequest[]): number {
  return requests.reduce((sum, { writeUnits }) => sum + writeUnits, 0);
}

function histogram(requests: readonly CountedRequest[]): TaskFigures['byOperation'] {
  const groups = Map.groupBy(requests, ({ service, operation }) => `${service} ${operation}`);
  const rows = [...groups].map(([name, group]): [string, number, number] => [name, group.length, unitsOf(group)]);
  return rows.sort(([, one], [, other]) => other - one);
}
