import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { sagaIdOf } from '../functions/contracts/task-ids.ts';
import type { BenchApi } from './bench-api.ts';
import { call } from './bench-api.ts';
import type { CountedTask } from './cost.ts';
import { countedTask } from './counted-task.ts';
import type { CountedRequest, CountingProxy } from './counting-proxy.ts';
import { loggedCalls } from './function-logs.ts';
import type { MeasuredCloud } from './measured-cloud.ts';
import { billedTransitions } from './measured-cloud.ts';

/** Where the measured API is, and the machine whose executions are counted. */
export interface Bench extends BenchApi {
  taskMachineArn: string;
  cloud: MeasuredCloud;
}

export interface TaskFigures {
  status: string;
  /** Files of its result. */
  files: number;
  counted: CountedTask;
  requests: number;
  /** Requests and write units by service and operation, most requests first. */
  byOperation: [name: string, requests: number, writeUnits: number][];
}

const Result = z.object({ files: z.array(z.unknown()) });
const Answer = z.object({ data: z.object({ taskId: z.string(), status: z.string(), result: Result.nullable() }) });

/** Marks and read models follow a task's end; when nobody has asked for anything for so long, they are done. */
const QUIET_MS = 4000;
const QUIET_LIMIT_MS = 120_000;
const LOOK_MS = 100;

/** Runs one task and counts what it took until everything behind it has come to rest. Nobody asks how it goes meanwhile. */
export async function benchTask(bench: Bench, body: object): Promise<TaskFigures> {
  const { proxy, functions } = bench.cloud;
  await untilQuiet(proxy);
  const since = Date.now();
  const { taskId } = Answer.parse(await call(bench, 'POST', '/tasks', body)).data;
  const requests = await untilQuiet(proxy);
  const logged = await loggedCalls(functions, since);
  const { status, result } = Answer.parse(await call(bench, 'GET', `/tasks/${taskId}`)).data;
  const execution = `${bench.taskMachineArn.replace(':stateMachine:', ':execution:')}:${sagaIdOf(taskId)}-1`;
  const transitions = await billedTransitions(execution);
  return {
    status,
    files: result?.files.length ?? 0,
    counted: countedTask({ requests, logged, transitions }),
    requests: requests.length,
    byOperation: histogram(requests),
  };
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
