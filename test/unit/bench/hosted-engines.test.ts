import { describe, expect, it } from 'vitest';
import { bill, sumOf } from '../../../bench/bill.ts';
import { verdictOn } from '../../../bench/comparison.ts';
import { ASSUMED } from '../../../bench/cost.ts';
import { costOnTemporal, costOnTrigger, ENGINE_ASSUMED } from '../../../bench/hosted-engines.ts';
import type { SameTask } from '../../../bench/textbook.ts';

const TASK: SameTask = { apiRequests: 1, progressUnits: 10, files: 16, functions: [], logBytes: 0 };
const ENGINE = { taskSeconds: 36, heartbeatTimeoutSeconds: 60, historyBytes: 10_000, retentionDays: 10 };
const actionsOf = (taskSeconds: number) =>
  costOnTemporal(TASK, ASSUMED, { ...ENGINE, taskSeconds })
    .lines.filter(({ price }) => price === 'temporalAction')
    .reduce((sum, { count }) => sum + count, 0);

describe('a million tasks on Temporal Cloud', () => {
  const { lines } = costOnTemporal(TASK, ASSUMED, ENGINE);
  const usdOf = (price: string) => sumOf(lines.filter((line) => line.price === price));

  it('are eight million actions at $50 a million', () => {
    expect(actionsOf(36)).toBe(8);
    expect(usdOf('temporalAction')).toBe(400);
  });

  it.each([
    { taskSeconds: 47, actions: 8 },
    { taskSeconds: 48, actions: 9 },
    // 600 s, one heartbeat each 48 s: 12
    { taskSeconds: 600, actions: 20 },
  ])('have an action more for each 48 s of work: $taskSeconds s, $actions actions', ({ taskSeconds, actions }) => {
    expect(actionsOf(taskSeconds)).toBe(actions);
  });

  it('keep their histories', () => {
    // 10 GB for 36 s = 0.1 GB-hours at $0.042; 10 GB for 240 hours = 2,400 GB-hours at $0.00105
    expect(usdOf('temporalActiveHour')).toBeCloseTo(0.0042, 9);
    expect(usdOf('temporalRetainedHour')).toBeCloseTo(2.52, 9);
  });

  it('pay a tenth of all that for the plan', () => {
    expect(usdOf('temporalPlan')).toBeCloseTo(40.25242, 9);
  });

  it('leave the API, the files and the workers to their user', () => {
    expect(sumOf(lines, 'API Gateway')).toBe(3.5);
    expect(sumOf(lines, 'S3')).toBe(80);
    // 4 calls at $0.20, and 4 x 0.1 s x 0.5 GB at $13.3334 a million GB-seconds
    expect(sumOf(lines, 'Lambda')).toBeCloseTo(0.8 + 2.66668, 9);
  });

  it('give a reason for each action', () => {
    const actions = lines.filter(({ price }) => price === 'temporalAction');
    expect(actions.filter(({ why = '' }) => why === '')).toEqual([]);
  });
});

describe('a million tasks on Trigger.dev', () => {
  it('are four million runs and their seconds, as the study has them', () => {
    // 4 x $25, and 2 s at $16.90 a million
    expect(sumOf(costOnTrigger(TASK, ENGINE_ASSUMED).lines, 'Trigger.dev')).toBeCloseTo(133.8, 9);
  });
});

describe('the verdict', () => {
  const of = (transitions: number) =>
    bill('ours', [{ what: 'the saga', price: 'transition', count: transitions, basis: 'counted' }], 1_000_000);
  const temporal = costOnTemporal(TASK, ASSUMED, ENGINE);

  it("holds ours against a quarter of Temporal's own bill, without what it leaves to its user", () => {
    const { temporalAlone, temporalWhole } = verdictOn(of(4), temporal);
    expect(temporalAlone).toBeCloseTo(400 + 0.0042 + 2.52 + 40.25242, 9);
    expect(temporalWhole).toBeCloseTo(temporal.usd, 9);
    expect(temporalWhole).toBeGreaterThan(temporalAlone);
  });

  it('is met up to that quarter, and not beyond', () => {
    expect(verdictOn(of(4), temporal)).toMatchObject({ ours: 100, met: true });
    expect(verdictOn(of(5), temporal)).toMatchObject({ ours: 125, met: false });
  });
});
