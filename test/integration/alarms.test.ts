import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchClient,
  GetDashboardCommand,
  PutMetricDataCommand,
  paginateDescribeAlarms,
} from '@aws-sdk/client-cloudwatch';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { expect, it } from 'vitest';
import { waitFor } from '../../local/process/waiting.ts';
import { output } from '../support/cloud/cloud.ts';

const cloudWatch = new CloudWatchClient({});
const lambda = new LambdaClient({});

/** One of each kind, by the metric that it watches, and a value far from it and one that it cannot overlook. */
const KINDS = [
  ['open dead letters', 'OpenDeadLetters', 0, 1],
  ['letters that could not be recorded', 'ApproximateNumberOfMessagesVisible', 0, 1],
  ['messages that wait', 'ApproximateAgeOfOldestMessage', 60, 1000],
  ['events that wait for the bus', 'IteratorAge', 1000, 120_000],
  ['commits that had to be swept', 'SweptCommits', 0, 3],
  ['executions that were stopped', 'ExecutionsAborted', 0, 1],
  ['executions that ran out of time', 'ExecutionsTimedOut', 0, 1],
  ['projections that errors have paused', 'PausedProjections', 0, 1],
  ['errors of the API', '5XXError', 1, 10],
] as const;

async function alarmsOn(metric: string): Promise<MetricAlarm[]> {
  const alarms: MetricAlarm[] = [];
  for await (const { MetricAlarms = [] } of paginateDescribeAlarms({ client: cloudWatch }, {})) {
    alarms.push(...MetricAlarms.filter(({ MetricName }) => MetricName === metric));
  }
  return alarms;
}

async function untilIn(state: string, metric: string): Promise<boolean> {
  const look = async () => (await alarmsOn(metric)).some(({ StateValue }) => StateValue === state) || undefined;
  return (await waitFor(look, { everyMs: 300, limitMs: 20_000 })) ?? false;
}

/** On AWS nobody may put data of AWS's own namespaces; the emulator takes them, and measures little by itself. */
async function measured({ Namespace, MetricName, Dimensions }: MetricAlarm, Value: number): Promise<void> {
  await cloudWatch.send(new PutMetricDataCommand({ Namespace, MetricData: [{ MetricName, Dimensions, Value }] }));
}

it.each(KINDS)('an alarm on %s goes on by its metric, and not before', async (_what, metric, calm, loud) => {
  const [alarm] = await alarmsOn(metric);
  expect(alarm, `an alarm on ${metric} is deployed`).toBeDefined();
  // On a cloud that stays up, one that rang a moment ago still does.
  if (alarm?.StateValue !== 'ALARM') {
    await measured(alarm as MetricAlarm, calm);
    expect(await untilIn('OK', metric)).toBe(true);
  }
  await measured(alarm as MetricAlarm, loud);
  expect(await untilIn('ALARM', metric)).toBe(true);
});

it('an alarm on a function goes on where the function dies, by the metric that Lambda itself puts', async () => {
  // No saga, so nothing to close: it throws.
  const call = { FunctionName: output('CloseSagaArn'), Payload: JSON.stringify({}) };
  const { FunctionError } = await lambda.send(new InvokeCommand(call));
  expect(FunctionError).toBeDefined();
  // The emulator looks at its alarms when data are put by a call, whatever they are.
  await cloudWatch.send(new PutMetricDataCommand({ Namespace: 'test', MetricData: [{ MetricName: 'any', Value: 1 }] }));
  expect(await untilIn('ALARM', 'Errors')).toBe(true);
});

it('the dashboard is there, with a row for each of its subjects', async () => {
  const { DashboardBody = '' } = await cloudWatch.send(new GetDashboardCommand({ DashboardName: 'maos-local' }));
  const titles = (JSON.parse(DashboardBody) as { widgets: { properties: { title?: string } }[] }).widgets.map(
    ({ properties }) => properties.title?.split(':')[0],
  );
  const subjects = [
    ...['Alarms', 'API', 'Events', 'Sagas', 'Services'],
    ...['Tasks and agents', 'Subscribers', 'Dead letters'],
  ];
  expect([...new Set(titles.filter((title) => title !== undefined))].sort()).toEqual(subjects.sort());
});
