import type { Bill, Item } from './bill.ts';
import { bill } from './bill.ts';
import { REQUESTS_A_MESSAGE, SECONDS_A_MONTH } from './cost.ts';
import type { CloudTemplate } from './templates.ts';

/** What of the deployed stacks costs while nothing happens. */
export interface IdleCounts {
  /** Metrics that alarms watch: one an alarm, more where it calculates. */
  alarmMetrics: number;
  compositeAlarms: number;
  dashboards: number;
  /** Queues that Lambda polls. */
  polledQueues: number;
  /** How often schedules fire in a month, all together. */
  scheduledCalls: number;
  schedules: number;
  secrets: number;
  keys: number;
}

/** What no template says. */
export interface IdleAssumptions {
  /** Lambda polls a queue with so many requests at a time, and each waits so long for a message. */
  pollers: number;
  pollSeconds: number;
  /** A call that a schedule makes: billed seconds, GB, what it reads and prints. */
  callSeconds: number;
  callGb: number;
  callReadUnits: number;
  callLogBytes: number;
  /** Metrics that a subscriber writes at each call: its success and its duration. */
  metricsASchedule: number;
  /** DynamoDB asks KMS again for a table's key after so long. */
  keySeconds: number;
}

export const IDLE_ASSUMED: IdleAssumptions = {
  pollers: 5,
  pollSeconds: 20,
  callSeconds: 0.1,
  callGb: 0.5,
  callReadUnits: 10,
  callLogBytes: 1000,
  metricsASchedule: 2,
  keySeconds: 300,
};

type Properties = Record<string, unknown>;

/** Counts over all templates of an app. A schedule whose calls cannot be told is an error: it would be left out of the sum. */
export function idleCounts(templates: readonly CloudTemplate[]): IdleCounts {
  const resources = templates.flatMap(({ Resources }) => Object.values(Resources));
  const of = (type: string) => resources.filter(({ Type }) => Type === type).map(({ Properties = {} }) => Properties);
  const schedules = [...of('AWS::Events::Rule'), ...of('AWS::Scheduler::Schedule')].filter(isScheduled);
  return {
    alarmMetrics: of('AWS::CloudWatch::Alarm').reduce((sum, alarm) => sum + metricsOf(alarm), 0),
    compositeAlarms: of('AWS::CloudWatch::CompositeAlarm').length,
    dashboards: of('AWS::CloudWatch::Dashboard').length,
    polledQueues: of('AWS::Lambda::EventSourceMapping').filter(isQueue).length,
    schedules: schedules.length,
    scheduledCalls: schedules.reduce((sum, { ScheduleExpression }) => sum + callsAMonth(ScheduleExpression), 0),
    secrets: of('AWS::SecretsManager::Secret').length,
    keys: of('AWS::KMS::Key').length,
  };
}

/** Streams say where to start, queues cannot. */
function isQueue({ StartingPosition, Enabled }: Properties): boolean {
  return StartingPosition === undefined && Enabled !== false;
}

function isScheduled({ ScheduleExpression, State }: Properties): boolean {
  return ScheduleExpression !== undefined && State !== 'DISABLED';
}

/** An alarm on a calculation is billed by the metrics that go into it. */
function metricsOf({ Metrics }: Properties): number {
  if (!Array.isArray(Metrics)) return 1;
  return Metrics.filter((metric: Properties) => metric.MetricStat !== undefined).length;
}

const SECONDS_OF: Record<string, number> = { minute: 60, hour: 3600, day: 86_400 };

function callsAMonth(expression: unknown): number {
  const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(String(expression)) ?? [];
  const seconds = SECONDS_OF[unit];
  if (seconds === undefined) throw new Error(`Calls of the schedule ${JSON.stringify(expression)} cannot be told.`);
  return SECONDS_A_MONTH / (Number(count) * seconds);
}

/** A month in which nobody submits anything, itemised, in dollars. Storage and recovery come on top, by the gigabyte. */
export function costOfIdleMonth(counts: IdleCounts, assumed: IdleAssumptions = IDLE_ASSUMED): Bill {
  return bill('Idle month', [...watching(counts), ...polling(counts, assumed), ...scheduled(counts, assumed)]);
}

function watching({ alarmMetrics, compositeAlarms, dashboards, secrets, keys }: IdleCounts): Item[] {
  const counted = { basis: 'counted' } as const;
  return [
    { ...counted, what: 'alarms', price: 'alarm', count: alarmMetrics },
    { ...counted, what: 'composite alarms', price: 'compositeAlarm', count: compositeAlarms },
    { ...counted, what: 'dashboards', price: 'dashboard', count: dashboards },
    { ...counted, what: 'secrets', price: 'secret', count: secrets },
    { ...counted, what: 'keys of our own', price: 'key', count: keys },
  ];
}

function polling({ polledQueues }: IdleCounts, { pollers, pollSeconds }: IdleAssumptions): Item[] {
  const perQueue = (pollers * SECONDS_A_MONTH) / pollSeconds;
  const why = `${polledQueues} queues, ${pollers} pollers each, a request each ${pollSeconds} s`;
  return [{ what: 'queues, polled', price: 'queueRequest', count: polledQueues * perQueue, basis: 'counted', why }];
}

function scheduled({ schedules, scheduledCalls: calls }: IdleCounts, assumed: IdleAssumptions): Item[] {
  const { callSeconds, callGb, callReadUnits, callLogBytes, metricsASchedule, keySeconds } = assumed;
  const guess = { basis: 'assumed' } as const;
  const keyRequests = schedules * (SECONDS_A_MONTH / keySeconds);
  return [
    { what: 'schedules, calls', price: 'call', count: calls, basis: 'counted', why: `${schedules} schedules` },
    {
      ...guess,
      what: 'running',
      price: 'computeSecond',
      count: calls * callSeconds * callGb,
      why: `${callSeconds} s a call`,
    },
    { ...guess, what: 'messages', price: 'queueRequest', count: calls * REQUESTS_A_MESSAGE, why: 'a message a call' },
    { ...guess, what: 'reads', price: 'readUnit', count: calls * callReadUnits, why: `${callReadUnits} units a call` },
    {
      ...guess,
      what: 'logs',
      price: 'logGb',
      count: (calls * callLogBytes) / 1e9,
      why: `${callLogBytes} bytes a call`,
    },
    { ...guess, what: 'traces', price: 'trace', count: calls, why: 'below one a second X-Ray records each' },
    { ...guess, what: 'metrics', price: 'metric', count: schedules * metricsASchedule, why: 'success and duration' },
    {
      ...guess,
      what: 'table keys',
      price: 'keyRequest',
      count: keyRequests,
      why: `one table each, each ${keySeconds} s`,
    },
  ];
}
