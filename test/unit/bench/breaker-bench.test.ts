import { QueryCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import type { BreakerFigures } from '../../../bench/breaker-bench.ts';
import { breakerTables } from '../../../bench/breaker-bench.ts';
import { breakerRequests, sorted } from '../../../bench/breaker-requests.ts';
import { compare, spread, verdict } from '../../../bench/breaker-rounds.ts';
import { breakerTimes } from '../../../bench/breaker-times.ts';

const one = async () => 'one';
const other = async () => 'other';
const at = (median: number, least = median, most = median) => ({ median, least, most });

describe('requests of a closed breaker', () => {
  it('are few for a thousand calls in ten seconds, and the targets hold', async () => {
    const { calls, reads, writes, counts } = await breakerRequests(1000, 10_000);
    expect([calls, writes, counts]).toEqual([1000, 0, 1]);
    expect(reads).toBeGreaterThan(5);
    expect(reads).toBeLessThanOrEqual(7);
  });

  it('grow with the time that passes, not with the calls', async () => {
    expect(await breakerRequests(5000, 10_000)).toMatchObject({ reads: 7, counts: 1 });
    expect((await breakerRequests(1000, 100_000)).counts).toBe(10);
  });

  it('are told apart, and what is none of them is an error', () => {
    const [put, update] = [
      { Put: { TableName: 't', Item: {} } },
      { Update: { TableName: 't', Key: {}, UpdateExpression: '' } },
    ];
    const asked = [
      new QueryCommand({ TableName: 't' }),
      new TransactWriteCommand({ TransactItems: [put] }),
      new TransactWriteCommand({ TransactItems: [put, update] }),
      new TransactWriteCommand({ TransactItems: [update] }),
    ];
    expect(sorted(asked)).toEqual({ reads: 1, writes: 2, counts: 1 });
    const unknown = new UpdateCommand({ TableName: 't', Key: {} });
    expect(() => sorted([unknown])).toThrow('does not know');
  });
});

describe('a comparison', () => {
  it('warms both up, and takes turns so that neither is always first', async () => {
    const turns: string[] = [];
    await compare({ one, other }, { rounds: 2, calls: 100 }, async (call, calls) => {
      turns.push(`${await call()} ${calls}`);
      return 1;
    });
    const round = ['one 100', 'other 100', 'other 100', 'one 100'];
    expect(turns).toEqual(['one 2000', 'other 2000', ...round, ...round]);
  });

  it('gives ns a call, and the ratio of each round, so that a slow round spoils none', async () => {
    // Rounds of which the machine takes the second twice as long.
    const took = [0, 0, 2, 4, 4, 2, 4, 8, 8, 4, 3, 4, 4, 3];
    const {
      one: ours,
      other: theirs,
      ratio,
    } = await compare({ one, other }, { rounds: 3, calls: 1000 }, async () => {
      return took.shift() ?? Number.NaN;
    });
    expect(ours).toEqual(at(3000, 2000, 4000));
    expect(theirs).toEqual(at(4000, 4000, 8000));
    expect(ratio).toEqual(at(0.5, 0.5, 0.75));
  });

  it('measures calls that really run, one after the other', async () => {
    let running = 0;
    let made = 0;
    const busy = async () => {
      expect(running).toBe(0);
      running += 1;
      await Promise.resolve();
      running -= 1;
      made += 1;
    };
    const { one: ours } = await compare({ one: busy, other: busy }, { rounds: 3, calls: 50 });
    expect(made).toBe(2 * 2000 + 3 * 4 * 50);
    expect(ours.median).toBeGreaterThan(0);
  });
});

it('a spread is the middle, the least and the most, whatever the order', () => {
  expect(spread([5, 1, 9])).toEqual(at(5, 1, 9));
  expect(spread([100, 20, 3])).toEqual(at(20, 3, 100));
});

describe('a verdict', () => {
  const noise = at(1, 0.9, 1.2);
  it.each([
    ['met', 1, 1.3],
    ['within the noise', 1.2, 1.3],
    ['within the noise', 1.5, 1.3],
    ['NOT met', 1.6, 1.3],
    ['met', 0.2, 0.25],
    ['NOT met', 0.4, 0.25],
  ])('is %s for a ratio of %f where the target is %f', (expected, ratio, target) => {
    expect(verdict(at(ratio), target, noise)).toBe(expected);
  });

  it('counts noise to either side', () => {
    expect(verdict(at(1.1), 1.3, at(1, 0.8, 1.05))).toBe('within the noise');
  });
});

it('times are of all contenders, and leave the environment as it was', async () => {
  const before = { ...process.env };
  const { peers, noise, metric } = await breakerTimes({ calls: 20, rounds: 1 });
  expect(peers.map(({ name, target }) => [name, target])).toEqual([
    ['no breaker', undefined],
    ['cockatiel, consecutive', 1.3],
    ['opossum, its defaults', 0.25],
  ]);
  for (const { ratio } of [noise, metric, ...peers.map(({ comparison }) => comparison)])
    expect(ratio.median).toBeGreaterThan(0);
  expect({ ...process.env }).toEqual(before);
});

it('the tables say what was counted, what was timed, and what that means', () => {
  const comparison = { one: at(500.4, 450, 600), other: at(400, 390, 410), ratio: at(1.25, 1.2, 1.3) };
  const noise = { one: at(100), other: at(100), ratio: at(1, 0.98, 1.02) };
  const figures: BreakerFigures = {
    requests: { calls: 1000, reads: 7, writes: 0, counts: 1 },
    times: { calls: 20, rounds: 9, noise, metric: noise, peers: [{ name: 'another', target: 1.3, comparison }] },
  };
  const [requests, times] = breakerTables(figures);
  expect(requests?.rows.slice(1).map(([name, count]) => [name, count])).toEqual([
    ['reads', '7'],
    ['writes of its state', '0'],
    ['writes of counted calls', '1'],
  ]);
  expect(times?.rows[1]).toEqual([
    'another',
    '500 (450 to 600)',
    '400 (390 to 410)',
    '1.25 (1.20 to 1.30)',
    '≤ 1.3: met',
  ]);
});
