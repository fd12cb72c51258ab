/** Times of one candidate divided by those of the bare work in the same round. */
export interface Ratios {
  name: string;
  median: number;
  min: number;
  max: number;
}

type Work = () => Promise<unknown>;

const ROUNDS = 7;
const CALLS = 10_000;
const WARM_UP = 1000;

/**
 * Times candidates against bare work in one process: each round measures all of them there and back (ABBA), so that what drifts hits
 * both alike; the median of the rounds' ratios is told with its spread. Times themselves would say more about the machine.
 */
export async function ratiosToBare(bare: Work, candidates: Record<string, Work>): Promise<Ratios[]> {
  const names = Object.keys(candidates);
  const all = [bare, ...Object.values(candidates)];
  for (const work of all) await timed(work, WARM_UP);
  const rounds: number[][] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const there = await inTurn(all);
    const back = (await inTurn(all.toReversed())).toReversed();
    rounds.push(there.map((ms, index) => ms + (back[index] ?? 0)));
  }
  return names.map((name, index) => ({ name, ...spread(rounds.map((times) => ratio(times, index + 1))) }));
}

async function inTurn(all: readonly Work[]): Promise<number[]> {
  const times: number[] = [];
  for (const work of all) times.push(await timed(work, CALLS));
  return times;
}

async function timed(work: Work, calls: number): Promise<number> {
  const began = performance.now();
  for (let call = 0; call < calls; call += 1) await work();
  return performance.now() - began;
}

function ratio(times: readonly number[], index: number): number {
  return (times[index] ?? 0) / (times[0] ?? 1);
}

/** @param values at least one */
export function spread(values: readonly number[]): Omit<Ratios, 'name'> {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (place: number): number => sorted[place] ?? Number.NaN;
  return { median: at(Math.floor(sorted.length / 2)), min: at(0), max: at(sorted.length - 1) };
}
