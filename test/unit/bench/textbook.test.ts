import { describe, expect, it } from 'vitest';
import { sumOf } from '../../../bench/bill.ts';
import type { SameTask } from '../../../bench/textbook.ts';
import { costOfTextbook } from '../../../bench/textbook.ts';

const TASK: SameTask = {
  apiRequests: 1,
  progressUnits: 10,
  files: 16,
  functions: [{ name: 'fn', memoryMb: 512, traced: true, calls: 40 }],
  logBytes: 40_000,
};
const { lines, usd } = costOfTextbook(TASK);
const unitsOf = (price: string) =>
  lines.filter((line) => line.price === price).reduce((sum, { count }) => sum + count, 0);

describe('the textbook design of the same task', () => {
  it('has the transitions of the study: 14', () => {
    expect(unitsOf('transition')).toBe(14);
    expect(sumOf(lines, 'Step Functions')).toBe(350);
  });

  it('writes each event with its outbox row and its read model in transactions', () => {
    // 24 + 6 + 24 + 5 + 6 + 4, and 10 as counted: 79 million units at $0.625 a million
    expect(unitsOf('writeUnit')).toBe(79);
    // and 6 + 12 + 2 read, at $0.125
    expect(sumOf(lines, 'DynamoDB')).toBeCloseTo(49.375 + 2.5, 9);
  });

  it('writes each file once', () => {
    expect(sumOf(lines, 'S3')).toBe(80);
  });

  it('logs as much a call as ours', () => {
    const calls = unitsOf('call');
    expect(calls).toBe(19);
    // 19 x 1,000 bytes and 8,000 beside them: 27 GB at $0.50
    expect(sumOf(lines, 'CloudWatch')).toBeCloseTo(13.5, 9);
  });

  it('gives a reason for each line of its own', () => {
    const own = lines.filter(({ basis, price }) => basis === 'designed' && price !== 'call');
    expect(own.filter(({ why = '' }) => why === '')).toEqual([]);
    expect(lines.some(({ basis }) => basis === 'counted')).toBe(false);
  });

  it('costs the sum of its lines', () => {
    expect(usd).toBeCloseTo(
      lines.reduce((sum, line) => sum + line.usd, 0),
      9,
    );
  });
});
