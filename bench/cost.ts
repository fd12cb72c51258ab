import type { Bill, Item } from './bill.ts';
import { bill } from './bill.ts';

/** Bills of tasks are for so many. */
export const TASKS = 1_000_000;

/** Calls of one function for one task. */
export interface FunctionCalls {
  name: string;
  memoryMb: number;
  /** Whether X-Ray samples its calls. */
  traced: boolean;
  calls: number;
}

/** What one task took on the local cloud. */
export interface CountedTask {
  apiRequests: number;
  writeUnits: number;
  /** Of the write units, those that keep what the agent tells while it works. */
  progressUnits: number;
  /** By the bytes of DynamoDB's answers, as the emulator reports them flat. */
  readUnits: number;
  events: number;
  transitions: number;
  /** Messages that came to a function from a queue. */
  messages: number;
  /** Requests that functions made to queues beside sending: visibility and the like. */
  queueRequests: number;
  filePuts: number;
  fileGets: number;
  functions: readonly FunctionCalls[];
  /** What functions printed, with CloudWatch's overhead for each line. */
  logBytes: number;
}

/** What cannot be counted where nothing is AWS. Each is shown with the result. */
export interface Assumptions {
  /** Billed seconds of a call: times on an emulator mean nothing. */
  secondsPerCall: number;
  /** Tasks a second, evenly: what X-Ray samples depends on it. */
  tasksPerSecond: number;
  /** The machine's history and the API's access log, bytes a task. */
  otherLogBytes: number;
  /** Requests that services make to KMS for a task's sake; they keep a table's key for five minutes. */
  keyRequests: number;
}

export const SECONDS_A_MONTH = 30 * 24 * 3600;

export const ASSUMED: Assumptions = {
  secondsPerCall: 0.1,
  tasksPerSecond: TASKS / SECONDS_A_MONTH,
  otherLogBytes: 8000,
  keyRequests: 1,
};

/** Sent by the bus, received and deleted by Lambda: a request each where nothing comes in batches. */
export const REQUESTS_A_MESSAGE = 3;
const BYTES_A_GB = 1_000_000_000;
const MB_A_GB = 1024;

/** A million such tasks, itemised, in dollars. */
export function costOfTasks(task: CountedTask, assumed: Assumptions = ASSUMED): Bill {
  return bill('MAOS', [...stores(task), ...wires(task), ...compute(task, assumed)], TASKS);
}

function stores(task: CountedTask): Item[] {
  return [
    { what: 'tables, written', price: 'writeUnit', count: task.writeUnits, basis: 'counted' },
    { what: 'tables, read', price: 'readUnit', count: task.readUnits, basis: 'counted', why: "by the answers' bytes" },
    { what: 'files, written and listed', price: 'filePut', count: task.filePuts, basis: 'counted' },
    { what: 'files, read', price: 'fileGet', count: task.fileGets, basis: 'counted' },
  ];
}

function wires(task: CountedTask): Item[] {
  const { apiRequests, transitions, events, messages, queueRequests } = task;
  const why = `${messages} messages, ${REQUESTS_A_MESSAGE} requests each, none in a batch`;
  return [
    { what: 'the call that submits', price: 'apiRequest', count: apiRequests, basis: 'counted' },
    { what: 'the saga', price: 'transition', count: transitions, basis: 'counted' },
    { what: 'events on the bus', price: 'event', count: events, basis: 'counted' },
    {
      what: 'queues',
      price: 'queueRequest',
      count: messages * REQUESTS_A_MESSAGE + queueRequests,
      basis: 'counted',
      why,
    },
  ];
}

/** Functions, and what comes with each of their calls. */
export function compute(
  { functions, logBytes }: Pick<CountedTask, 'functions' | 'logBytes'>,
  assumed: Assumptions,
): Item[] {
  const { secondsPerCall, otherLogBytes, keyRequests, tasksPerSecond } = assumed;
  const seconds = functions.reduce(
    (sum, { calls, memoryMb }) => sum + (calls * secondsPerCall * memoryMb) / MB_A_GB,
    0,
  );
  const logs = (logBytes + otherLogBytes) / BYTES_A_GB;
  return [
    { what: 'functions, called', price: 'call', count: callsOf(functions), basis: 'counted' },
    {
      what: 'functions, running',
      price: 'computeSecond',
      count: seconds,
      basis: 'assumed',
      why: `${secondsPerCall} s a call`,
    },
    { what: 'logs', price: 'logGb', count: logs, basis: 'counted', why: `and ${otherLogBytes} bytes assumed` },
    {
      what: 'traces',
      price: 'trace',
      count: tracesOf(functions, tasksPerSecond),
      basis: 'assumed',
      why: `${tasksPerSecond.toFixed(2)} tasks a second, each call a trace at most`,
    },
    { what: 'table keys', price: 'keyRequest', count: keyRequests, basis: 'assumed' },
  ];
}

export function callsOf(functions: readonly FunctionCalls[]): number {
  return functions.reduce((sum, { calls }) => sum + calls, 0);
}

/** Traces that X-Ray records for one task: of each function the first call in a second, and a twentieth of the others. */
export function tracesOf(functions: readonly FunctionCalls[], tasksPerSecond: number): number {
  const recorded = (perSecond: number) => Math.min(perSecond, 1) + 0.05 * Math.max(perSecond - 1, 0);
  const traced = functions.filter((one) => one.traced);
  return traced.reduce((sum, { calls }) => sum + recorded(calls * tasksPerSecond) / tasksPerSecond, 0);
}

/** What a million tasks wrote, kept for a month, as if no write had replaced, removed or outlived another: 1 KB a unit at most. */
export function costOfKeeping({ writeUnits }: Pick<CountedTask, 'writeUnits'>): Bill {
  const count = writeUnits * (1000 / BYTES_A_GB);
  const why = '1 KB a write unit, at most';
  return bill(
    'Kept for a month',
    [
      { what: 'tables', price: 'tableGb', count, basis: 'assumed', why },
      { what: 'point-in-time recovery', price: 'recoveryGb', count, basis: 'assumed', why },
    ],
    TASKS,
  );
}
