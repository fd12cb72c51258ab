import type { Bill, Item } from './bill.ts';
import { bill, sumOf } from './bill.ts';
import type { Assumptions, FunctionCalls } from './cost.ts';
import { ASSUMED, compute, TASKS } from './cost.ts';
import type { SameTask } from './textbook.ts';

/** What an engine's bill depends on beside the task's shape. */
export interface EngineAssumptions {
  /** How long the agent works on a task. */
  taskSeconds: number;
  /** A running agent is given up after so long without a heartbeat; the SDK sends one each 80 % of it. */
  heartbeatTimeoutSeconds: number;
  /** What a task's history takes. */
  historyBytes: number;
  /** How long a closed history is kept. */
  retentionDays: number;
}

export const ENGINE_ASSUMED: EngineAssumptions = {
  taskSeconds: 2,
  heartbeatTimeoutSeconds: 60,
  historyBytes: 20_000,
  retentionDays: 30,
};

const BYTES_A_GB = 1_000_000_000;
const STEPS = 3;

/** A million tasks on Temporal Cloud: its own lines (`service` Temporal Cloud), and below them what it leaves to its user. */
export function costOnTemporal(task: SameTask, assumed = ASSUMED, engine = ENGINE_ASSUMED): Bill {
  const usage = [...actions(engine), ...histories(engine)];
  const fee: Item = {
    what: 'plan',
    price: 'temporalPlan',
    count: sumOf(bill('usage', usage).lines),
    basis: 'designed',
    why: 'a tenth of the usage',
  };
  return bill('Temporal Cloud', [...usage, fee, ...leftToUsers(task, assumed)], TASKS);
}

/** Billed actions of one task, by the rules of docs.temporal.io/cloud/actions. */
function actions({ taskSeconds, heartbeatTimeoutSeconds }: EngineAssumptions): Item[] {
  const action = (what: string, count: number, why: string): Item => ({
    what,
    price: 'temporalAction',
    count,
    basis: 'designed',
    why,
  });
  const heartbeats = Math.floor(taskSeconds / (0.8 * heartbeatTimeoutSeconds));
  return [
    action('workflow started', 1, 'one a task'),
    action('activities scheduled', STEPS, 'assign, execute, store; ending one is free'),
    action('timer', 1, 'no agent in time'),
    action('signal', 1, 'an agent has taken the task'),
    action('search attributes', 2, 'lists by status: assigned, and its result at the end'),
    action('heartbeats', heartbeats, `one each ${0.8 * heartbeatTimeoutSeconds} s of work`),
  ];
}

function histories({ taskSeconds, historyBytes, retentionDays }: EngineAssumptions): Item[] {
  const gb = historyBytes / BYTES_A_GB;
  const storage = { what: 'history', basis: 'assumed' } as const;
  const why = `${historyBytes} bytes`;
  return [
    { ...storage, price: 'temporalActiveHour', count: gb * (taskSeconds / 3600), why: `${why} for ${taskSeconds} s` },
    {
      ...storage,
      price: 'temporalRetainedHour',
      count: gb * retentionDays * 24,
      why: `${why} for ${retentionDays} days`,
    },
  ];
}

/** A million tasks on Trigger.dev, which runs its user's code too: a run a task and a run a step. */
export function costOnTrigger(task: SameTask, { taskSeconds } = ENGINE_ASSUMED): Bill {
  const own: Item[] = [
    { what: 'runs', price: 'triggerRun', count: 1 + STEPS, basis: 'designed', why: 'the task and its steps (study 5)' },
    { what: 'compute', price: 'triggerSecond', count: taskSeconds, basis: 'assumed', why: `${taskSeconds} s of work` },
  ];
  return bill('Trigger.dev', [...own, ...besides(task)], TASKS);
}

/** The API in front and the files behind: no engine has them. */
function besides({ apiRequests, files }: SameTask): Item[] {
  const designed = { basis: 'designed', why: 'the engine has none' } as const;
  return [
    { ...designed, what: 'the call that submits', price: 'apiRequest', count: apiRequests },
    { ...designed, what: 'files', price: 'filePut', count: files },
  ];
}

/** Temporal Cloud runs nothing of its user's: workers are theirs, here as functions with one call an activity and one for the API. */
function leftToUsers(task: SameTask, assumed: Assumptions): Item[] {
  const workers: FunctionCalls[] = [{ name: 'api and workers', memoryMb: 512, traced: false, calls: 1 + STEPS }];
  const items = compute({ functions: workers, logBytes: 0 }, { ...assumed, otherLogBytes: 0, keyRequests: 0 });
  const paid = items.filter(({ price }) => price === 'call' || price === 'computeSecond');
  return [...besides(task), ...paid.map((item) => ({ ...item, basis: 'designed' as const }))];
}
