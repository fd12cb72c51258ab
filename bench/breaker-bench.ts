import type { BreakerRequests } from './breaker-requests.ts';
import { breakerRequests } from './breaker-requests.ts';
import type { Comparison, Spread } from './breaker-rounds.ts';
import { verdict } from './breaker-rounds.ts';
import type { BreakerTimes } from './breaker-times.ts';
import { breakerTimes } from './breaker-times.ts';
import type { Table } from './cost-report.ts';

export interface BreakerFigures {
  requests: BreakerRequests;
  times: BreakerTimes;
}

/** In-process, for some seconds. Requests are counted and exact; times are of this machine and moment. */
export async function benchBreaker(): Promise<BreakerFigures> {
  return { requests: await breakerRequests(1000, 10_000), times: await breakerTimes({ calls: 20_000, rounds: 9 }) };
}

/** Counted figures first, then times beside the noise of the machine. */
export function breakerTables({ requests, times }: BreakerFigures): Table[] {
  return [requestTable(requests), timeTable(times)];
}

function requestTable({ calls, reads, writes, counts }: BreakerRequests): Table {
  return {
    title: `A closed breaker: requests to DynamoDB for ${calls} calls that go well within 10 s in one environment`,
    rows: [
      ['', 'counted', 'target'],
      ['reads', String(reads), '≤ 10'],
      ['writes of its state', String(writes), '0'],
      ['writes of counted calls', String(counts), '≤ 1 each 10 s'],
    ],
  };
}

function timeTable({ calls, rounds, noise, peers, metric }: BreakerTimes): Table {
  return {
    title: `A closed breaker: ns a call, medians of ${rounds} ABBA rounds of ${calls} calls a turn (least to most)`,
    rows: [
      ['ours beside', 'ours', 'the other', 'ratio', 'target'],
      ...peers.map(({ name, target, comparison }) => [
        name,
        ...cells(comparison),
        target === undefined ? '' : `≤ ${target}: ${verdict(comparison.ratio, target, noise.ratio)}`,
      ]),
      ['noise: no breaker beside itself', ...cells(noise), ''],
      ['apart from all: the metric of a call beside none', ...cells(metric), ''],
    ],
  };
}

function cells({ one, other, ratio }: Comparison): string[] {
  return [inWords(one, 0), inWords(other, 0), inWords(ratio, 2)];
}

function inWords({ median, least, most }: Spread, digits: number): string {
  const [middle, from, to] = [median, least, most].map((value) => value.toFixed(digits));
  return `${middle} (${from} to ${to})`;
}
