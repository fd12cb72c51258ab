import type { Bill } from './bill.ts';
import { sumOf } from './bill.ts';
import type { CountedTask } from './cost.ts';
import { ASSUMED, costOfKeeping, costOfTasks } from './cost.ts';
import { costOnTemporal, costOnTrigger, ENGINE_ASSUMED } from './hosted-engines.ts';
import type { IdleCounts } from './idle-month.ts';
import { costOfIdleMonth, IDLE_ASSUMED } from './idle-month.ts';
import { costOfTextbook } from './textbook.ts';

/** What the bills are worked out from. */
export interface CostFigures {
  happy: { counted: CountedTask; files: number };
  compensated: { counted: CountedTask };
  idle: IdleCounts;
}

/** Every bill of a report. */
export interface Costs {
  ours: Bill;
  /** The same million on other designs and engines, ours first. */
  designs: Bill[];
  compensated: Bill;
  keeping: Bill;
  idle: Bill;
  verdict: Verdict;
}

/** Our bill against Temporal Cloud's: its own lines alone, and with what it leaves to its user. */
export interface Verdict {
  ours: number;
  temporalAlone: number;
  temporalWhole: number;
  target: number;
  met: boolean;
}

/** The design's target for our bill, as a part of Temporal Cloud's own. */
const TARGET = 0.25;

const ALL_ASSUMED = { ...ASSUMED, ...ENGINE_ASSUMED, ...IDLE_ASSUMED };

const IN_WORDS: Record<keyof typeof ALL_ASSUMED, string> = {
  secondsPerCall: 'billed seconds of a function call',
  tasksPerSecond: 'tasks a second: a million spread over a month',
  otherLogBytes: "log bytes of a task beside its functions': the machine's history, the API's access log",
  keyRequests: 'requests to KMS for a task, at most',
  taskSeconds: 'seconds that the agent works on a task, for engines that bill by them',
  heartbeatTimeoutSeconds: 'seconds without a heartbeat after which an engine gives an agent up',
  historyBytes: "bytes of a task's history on an engine",
  retentionDays: 'days for which an engine keeps it',
  pollers: "Lambda's pollers of a queue",
  pollSeconds: 'seconds that each poll waits',
  callSeconds: 'billed seconds of a call by a schedule',
  callGb: 'GB of memory of such a call',
  callReadUnits: 'read units of such a call',
  callLogBytes: 'log bytes of such a call',
  metricsASchedule: 'custom metrics that such calls write',
  keySeconds: "seconds for which DynamoDB keeps a table's key",
};

/** Everything that no count told, in words with its value. */
export const ALL_ASSUMPTIONS = Object.entries(IN_WORDS).map(([name, words]) => ({
  words,
  value: ALL_ASSUMED[name as keyof typeof ALL_ASSUMED],
}));

export function costsOf({ happy, compensated, idle }: CostFigures): Costs {
  const same = { ...happy.counted, files: happy.files };
  const ours = costOfTasks(happy.counted);
  const temporal = costOnTemporal(same);
  return {
    ours,
    designs: [ours, costOfTextbook(same), temporal, costOnTrigger(same)],
    compensated: costOfTasks(compensated.counted),
    keeping: costOfKeeping(happy.counted),
    idle: costOfIdleMonth(idle),
    verdict: verdictOn(ours, temporal),
  };
}

export function verdictOn(ours: Bill, temporal: Bill): Verdict {
  const temporalAlone = sumOf(temporal.lines, 'Temporal Cloud');
  const met = ours.usd <= TARGET * temporalAlone;
  return { ours: ours.usd, temporalAlone, temporalWhole: temporal.usd, target: TARGET, met };
}
