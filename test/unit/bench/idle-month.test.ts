import { describe, expect, it } from 'vitest';
import { sumOf } from '../../../bench/bill.ts';
import type { IdleCounts } from '../../../bench/idle-month.ts';
import { costOfIdleMonth, idleCounts } from '../../../bench/idle-month.ts';
import type { CloudTemplate } from '../../../bench/templates.ts';

const scheduled = (ScheduleExpression: string): CloudTemplate => ({
  Resources: { Clock: { Type: 'AWS::Events::Rule', Properties: { ScheduleExpression } } },
});

const TEMPLATES: CloudTemplate[] = [
  {
    Resources: {
      Letters: { Type: 'AWS::CloudWatch::Alarm', Properties: { MetricName: 'Letters' } },
      Ratio: {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: {
          Metrics: [{ Expression: 'a / b' }, { Id: 'a', MetricStat: {} }, { Id: 'b', MetricStat: {} }],
        },
      },
      All: { Type: 'AWS::CloudWatch::CompositeAlarm' },
      Board: { Type: 'AWS::CloudWatch::Dashboard' },
      FromQueue: { Type: 'AWS::Lambda::EventSourceMapping', Properties: { BatchSize: 10 } },
      FromStream: { Type: 'AWS::Lambda::EventSourceMapping', Properties: { StartingPosition: 'TRIM_HORIZON' } },
      SwitchedOff: { Type: 'AWS::Lambda::EventSourceMapping', Properties: { Enabled: false } },
      OnEvents: { Type: 'AWS::Events::Rule', Properties: { EventPattern: {} } },
      Stopped: {
        Type: 'AWS::Events::Rule',
        Properties: { ScheduleExpression: 'rate(1 minute)', State: 'DISABLED' },
      },
      Table: { Type: 'AWS::DynamoDB::Table' },
    },
  },
  {
    Resources: {
      EachMinute: { Type: 'AWS::Events::Rule', Properties: { ScheduleExpression: 'rate(1 minute)' } },
      EachDay: { Type: 'AWS::Scheduler::Schedule', Properties: { ScheduleExpression: 'rate(1 day)' } },
      FromOther: { Type: 'AWS::Lambda::EventSourceMapping', Properties: {} },
      Master: { Type: 'AWS::SecretsManager::Secret' },
      Key: { Type: 'AWS::KMS::Key' },
    },
  },
];

describe('counts of what costs while nothing happens', () => {
  it('are taken over all templates, of what runs', () => {
    expect(idleCounts(TEMPLATES)).toEqual({
      alarmMetrics: 3,
      compositeAlarms: 1,
      dashboards: 1,
      polledQueues: 2,
      schedules: 2,
      scheduledCalls: 43_200 + 30,
      secrets: 1,
      keys: 1,
    });
  });

  it.each([
    ['rate(5 minutes)', 8640],
    ['rate(1 hour)', 720],
    ['rate(12 hours)', 60],
    ['rate(30 days)', 1],
  ])('read %s as %i calls a month', (expression, calls) => {
    expect(idleCounts([scheduled(expression)]).scheduledCalls).toBe(calls);
  });

  it('stop at a schedule that they cannot read', () => {
    expect(() => idleCounts([scheduled('cron(0 3 * * ? *)')])).toThrow('cron(0 3 * * ? *)');
  });
});

describe('an idle month', () => {
  const NOTHING: IdleCounts = {
    alarmMetrics: 0,
    compositeAlarms: 0,
    dashboards: 0,
    polledQueues: 0,
    schedules: 0,
    scheduledCalls: 0,
    secrets: 0,
    keys: 0,
  };

  it('costs nothing where nothing is deployed', () => {
    expect(costOfIdleMonth(NOTHING).usd).toBe(0);
  });

  it.each([
    ['alarmMetrics', 0.1],
    ['compositeAlarms', 0.5],
    ['dashboards', 3],
    ['secrets', 0.4],
    ['keys', 1],
    // 5 pollers x 3 a minute x 43,200 minutes = 648,000 requests at $0.40 a million
    ['polledQueues', 0.2592],
  ] as const)('costs for one of %s $%d, and for ten ten times that', (count, usd) => {
    expect(costOfIdleMonth({ ...NOTHING, [count]: 1 }).usd).toBeCloseTo(usd, 9);
    expect(costOfIdleMonth({ ...NOTHING, [count]: 10 }).usd).toBeCloseTo(10 * usd, 9);
  });

  it('costs for a schedule of each minute its calls and what comes with them', () => {
    const { lines, usd } = costOfIdleMonth({ ...NOTHING, schedules: 1, scheduledCalls: 43_200 });
    // 43,200 calls at $0.20 a million; 43,200 x 0.1 s x 0.5 GB at $13.3334 a million
    expect(sumOf(lines, 'Lambda')).toBeCloseTo(0.00864 + 0.028800144, 9);
    // 129,600 requests at $0.40 a million
    expect(sumOf(lines, 'SQS')).toBeCloseTo(0.05184, 9);
    // 432,000 units at $0.125 a million
    expect(sumOf(lines, 'DynamoDB')).toBeCloseTo(0.054, 9);
    // 43.2 MB at $0.50 a GB; two metrics at $0.30
    expect(sumOf(lines, 'CloudWatch')).toBeCloseTo(0.0216 + 0.6, 9);
    // 43,200 at $5 a million
    expect(sumOf(lines, 'X-Ray')).toBeCloseTo(0.216, 9);
    // 8,640 at $0.03 for 10,000
    expect(sumOf(lines, 'KMS')).toBeCloseTo(0.02592, 9);
    expect(usd).toBeCloseTo(1.006800144, 9);
  });
});
