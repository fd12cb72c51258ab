import { describe, expect, it } from 'vitest';
import type { Bill } from '../../../bench/bill.ts';
import type { CountedTask } from '../../../bench/cost.ts';
import { ASSUMED, costOfKeeping, costOfTasks, tracesOf } from '../../../bench/cost.ts';

/** Round numbers, so that each line can be worked out by hand. */
const TASK: CountedTask = {
  apiRequests: 1,
  writeUnits: 100,
  progressUnits: 10,
  readUnits: 40,
  events: 12,
  transitions: 5,
  messages: 20,
  queueRequests: 2,
  filePuts: 30,
  fileGets: 10,
  functions: [
    { name: 'small', memoryMb: 512, traced: true, calls: 20 },
    { name: 'large', memoryMb: 1024, traced: false, calls: 10 },
  ],
  logBytes: 32_000,
};
const ASSUMPTIONS = { secondsPerCall: 0.1, tasksPerSecond: 0.05, otherLogBytes: 8000, keyRequests: 2 };

const linesOf = ({ lines }: Bill) => Object.fromEntries(lines.map(({ what, usd }) => [what, usd]));
const bill = costOfTasks(TASK, ASSUMPTIONS);

describe('a million tasks', () => {
  it.each([
    // 100 units x 1,000,000 tasks = 100 million, at $0.625 a million
    { what: 'tables, written', usd: 62.5 },
    // 40 million at $0.125 a million
    { what: 'tables, read', usd: 5 },
    // 30 million at $5 a million
    { what: 'files, written and listed', usd: 150 },
    // 10 million at $0.40 a million
    { what: 'files, read', usd: 4 },
    // 1 million at $3.50 a million
    { what: 'the call that submits', usd: 3.5 },
    // 5 million at $25 a million
    { what: 'the saga', usd: 125 },
    // 12 million at $1 a million
    { what: 'events on the bus', usd: 12 },
    // 20 messages x 3 requests + 2 = 62 million at $0.40 a million
    { what: 'queues', usd: 24.8 },
    // 30 million at $0.20 a million
    { what: 'functions, called', usd: 6 },
    // (20 x 0.5 GB + 10 x 1 GB) x 0.1 s = 2 GB-seconds; 2 million at $13.3334 a million
    { what: 'functions, running', usd: 26.6668 },
    // 40,000 bytes x 1,000,000 = 40 GB at $0.50
    { what: 'logs', usd: 20 },
    // 20 calls x 0.05 tasks a second = 1 a second: each is recorded; 20 million at $5 a million
    { what: 'traces', usd: 100 },
    // 2 million at $0.03 for 10,000
    { what: 'table keys', usd: 6 },
  ])('cost $usd for $what', ({ what, usd }) => {
    expect(linesOf(bill)[what]).toBeCloseTo(usd, 9);
  });

  it('cost the sum of their lines', () => {
    expect(bill.usd).toBeCloseTo(545.4668, 9);
    expect(Object.keys(linesOf(bill))).toHaveLength(13);
  });

  it.each([
    ['writeUnits', 'tables, written'],
    ['readUnits', 'tables, read'],
    ['filePuts', 'files, written and listed'],
    ['fileGets', 'files, read'],
    ['apiRequests', 'the call that submits'],
    ['transitions', 'the saga'],
    ['events', 'events on the bus'],
  ] as const)('cost twice as much where %s is doubled, and nothing else changes', (count, what) => {
    const doubled = linesOf(costOfTasks({ ...TASK, [count]: 2 * TASK[count] }, ASSUMPTIONS));
    expect(doubled).toEqual({ ...linesOf(bill), [what]: 2 * (linesOf(bill)[what] ?? 0) });
  });

  it('say of each line whether it was counted or assumed', () => {
    const assumed = bill.lines.filter(({ basis }) => basis === 'assumed').map(({ what }) => what);
    expect(assumed).toEqual(['functions, running', 'traces', 'table keys']);
  });

  it('are worked out with assumptions that have a default', () => {
    expect(costOfTasks(TASK).usd).toBe(costOfTasks(TASK, ASSUMED).usd);
  });
});

describe('traces of a task', () => {
  const fn = (calls: number, traced = true) => ({ name: 'fn', memoryMb: 512, traced, calls });

  it('are its calls while a function is called less than once a second', () => {
    expect(tracesOf([fn(4), fn(1)], 0.25)).toBe(5);
  });

  it('are a twentieth of what a function is called beyond once a second', () => {
    // 10 a second: 1 + 9/20 = 1.45 are recorded, of 2 tasks a second
    expect(tracesOf([fn(5)], 2)).toBeCloseTo(0.725, 9);
  });

  it('are none of a function that is not traced', () => {
    expect(tracesOf([fn(4, false)], 0.25)).toBe(0);
  });
});

describe('keeping what a million tasks wrote', () => {
  it('costs storage and recovery of 1 KB a write unit', () => {
    // 100 units = 100 KB a task = 100 GB; at $0.25 and $0.20
    const [stored, recovery] = costOfKeeping(TASK).lines;
    expect(stored?.usd).toBeCloseTo(25, 9);
    expect(recovery?.usd).toBeCloseTo(20, 9);
  });
});
