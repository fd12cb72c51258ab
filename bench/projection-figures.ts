import type { StoredEvent } from '../functions/contracts/event.ts';
import type { ProjectionName } from '../functions/contracts/projections.ts';
import type { Spread } from './breaker-rounds.ts';
import { spread, verdict } from './breaker-rounds.ts';
import type { Table } from './cost-report.ts';
import type { Writes } from './counted-writes.ts';
import type { ProjectionRound } from './projection-rounds.ts';
import { rowsOf } from './projection-rounds.ts';

/** What a rebuild takes beside the live path at batch 1. Times are in ms. */
export interface ProjectionFigures {
  name: ProjectionName;
  events: number;
  rows: number;
  rounds: number;
  /** Events that came live in each round. */
  liveEvents: number;
  liveMsAnEvent: Spread;
  rebuildMs: Spread;
  /** A rebuild over the live path of as many events, round by round. */
  ratio: Spread;
  /** Half of a round's live events over the other half. */
  noise: Spread;
  /** Of one round. */
  live: Writes;
  rebuild: Writes;
}

/** The design's targets. */
const MAX_RATIO = 0.25;
const MAX_WRITES_A_ROW = 1.1;

export function projectionFigures(
  name: ProjectionName,
  events: readonly StoredEvent[],
  rounds: readonly ProjectionRound[],
): ProjectionFigures {
  const [first] = rounds;
  if (first === undefined) throw new Error('Nothing was measured.');
  const liveEvents = first.live.events;
  const liveMs = rounds.map(({ live: { halves } }) => (halves[0] + halves[1]) / liveEvents);
  const rebuildMs = rounds.map(({ rebuild }) => rebuild.ms);
  const allLiveMs = liveMs.map((ms) => ms * events.length);
  return {
    name,
    events: events.length,
    rows: rowsOf(events),
    rounds: rounds.length,
    liveEvents,
    liveMsAnEvent: spread(liveMs),
    rebuildMs: spread(rebuildMs),
    ratio: spread(rebuildMs.map((ms, round) => ms / (allLiveMs[round] ?? Number.NaN))),
    noise: spread(rounds.map(({ live: { halves } }) => halves[0] / halves[1])),
    live: mostOf(rounds.map(({ live }) => live.writes)),
    rebuild: mostOf(rounds.map(({ rebuild }) => rebuild.writes)),
  };
}

/** A write that met another one was made again: rounds may differ by that. */
function mostOf(all: readonly Writes[]): Writes {
  const sum = ({ rows, counts, places }: Writes) => rows + counts + places;
  return all.reduce((most, one) => (sum(one) > sum(most) ? one : most));
}

/** Of a rebuild, for each row that it leaves: the row and its share of the places in the log. Changes of counts are told apart. */
export function writesARow({ rebuild, rows }: Pick<ProjectionFigures, 'rebuild' | 'rows'>): number {
  return (rebuild.rows + rebuild.places) / rows;
}

/** @param figures the first of them are held against the targets */
export function projectionTable(figures: readonly ProjectionFigures[]): Table {
  const row = (what: string, cell: (of: ProjectionFigures) => string, target = '') => [
    what,
    ...figures.map(cell),
    target,
  ];
  const [gated] = figures;
  const { events = 0, rows = 0 } = gated ?? {};
  return {
    title: `A rebuild by two workers beside the live path, event by event: ${inWords(events)} events of ${inWords(rows)} tasks`,
    rows: [
      row('', ({ name }) => name, 'target'),
      row('rounds; events that came live in each', ({ rounds, liveEvents }) => `${rounds}; ${inWords(liveEvents)}`),
      row('live: ms an event', ({ liveMsAnEvent }) => reach(liveMsAnEvent, 2)),
      row('live: s for all events, worked out from that', (one) => reach(inSeconds(one.liveMsAnEvent, one.events), 1)),
      row('rebuild: s for all events', ({ rebuildMs }) => reach(inSeconds(rebuildMs, 1), 1)),
      row('rebuild over live, round by round', ({ ratio }) => reach(ratio, 3), gated && ratioVerdict(gated)),
      row('noise: half of the live events over the other half', ({ noise }) => reach(noise, 2)),
      row(
        'rebuild: writes a row, places in the log included',
        (one) => writesARow(one).toFixed(3),
        gated && writesVerdict(gated),
      ),
      row('rebuild: changes of counts a row', ({ rebuild, rows: of }) => (rebuild.counts / of).toFixed(3)),
      row('rebuild: write units a row', ({ rebuild, rows: of }) => (rebuild.units / of).toFixed(2)),
      row('live: writes an event, its checkpoint included', ({ live, liveEvents }) =>
        ((live.rows + live.places) / liveEvents).toFixed(3),
      ),
      row('live: changes of counts an event', ({ live, liveEvents }) => (live.counts / liveEvents).toFixed(3)),
      row('live: write units an event', ({ live, liveEvents }) => (live.units / liveEvents).toFixed(2)),
    ],
  };
}

/** What README.md tells of it. */
export function projectionRows([gated]: readonly ProjectionFigures[]): string[][] {
  if (gated === undefined) return [];
  const { events, ratio } = gated;
  return [
    [
      `a rebuild of ${inWords(events)} events by two workers, its time over that of the live path`,
      ratio.median.toFixed(2),
      `≤ ${MAX_RATIO}`,
    ],
    ['writes of that rebuild for each row', writesARow(gated).toFixed(2), `≤ ${MAX_WRITES_A_ROW}`],
  ];
}

/** Where all rounds agree, it is no noise that they agree by. */
function ratioVerdict({ ratio, noise }: ProjectionFigures): string {
  if (ratio.most <= MAX_RATIO) return `≤ ${MAX_RATIO}: met`;
  if (ratio.least > MAX_RATIO) return `≤ ${MAX_RATIO}: NOT met`;
  return `≤ ${MAX_RATIO}: ${verdict(ratio, MAX_RATIO, noise)}`;
}

function writesVerdict(figures: ProjectionFigures): string {
  return `≤ ${MAX_WRITES_A_ROW}: ${writesARow(figures) <= MAX_WRITES_A_ROW ? 'met' : 'NOT met'}`;
}

function inSeconds({ median, least, most }: Spread, times: number): Spread {
  const seconds = (ms: number) => (ms * times) / 1000;
  return { median: seconds(median), least: seconds(least), most: seconds(most) };
}

function reach({ median, least, most }: Spread, digits: number): string {
  const [middle, from, to] = [median, least, most].map((value) => value.toFixed(digits));
  return `${middle} (${from} to ${to})`;
}

function inWords(count: number): string {
  return count.toLocaleString('en-US');
}
