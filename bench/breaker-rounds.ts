/** The middle of several values, and how far they reach. */
export interface Spread {
  median: number;
  least: number;
  most: number;
}

/** Two contenders in turn: what a call of each takes, and one over the other, round by round. */
export interface Comparison {
  /** In ns. */
  one: Spread;
  other: Spread;
  ratio: Spread;
}

interface Rounds {
  rounds: number;
  /** Calls of one contender in one turn. */
  calls: number;
}

type Call = () => Promise<unknown>;
type Contenders = { one: Call; other: Call };

const WARM_UP_CALLS = 2000;

/** One, other, other, one: whoever is first while the machine slows down is last next. */
const TURNS = ['one', 'other', 'other', 'one'] as const;

/** @param measure how long one turn of a contender took, in ms; another one in tests */
export async function compare(
  contenders: Contenders,
  { rounds, calls }: Rounds,
  measure: (call: Call, calls: number) => Promise<number> = timed,
): Promise<Comparison> {
  for (const call of [contenders.one, contenders.other]) await measure(call, WARM_UP_CALLS);
  const took: { one: number[]; other: number[] } = { one: [], other: [] };
  for (let round = 0; round < rounds; round += 1) {
    const sum = { one: 0, other: 0 };
    for (const turn of TURNS) sum[turn] += await measure(contenders[turn], calls);
    // Two turns each, from ms to ns a call.
    took.one.push((sum.one * 1e6) / (2 * calls));
    took.other.push((sum.other * 1e6) / (2 * calls));
  }
  const ratios = took.one.map((ns, round) => ns / (took.other[round] ?? Number.NaN));
  return { one: spread(took.one), other: spread(took.other), ratio: spread(ratios) };
}

async function timed(call: Call, calls: number): Promise<number> {
  const began = performance.now();
  for (let made = 0; made < calls; made += 1) await call();
  return performance.now() - began;
}

/** Of an even number of values the upper middle. */
export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  return { median: at(Math.floor(sorted.length / 2)), least: at(0), most: at(sorted.length - 1) };
}

/** A ratio says something where it lies outside of what a contender differs from itself by. */
export function verdict(ratio: Spread, target: number, noise: Spread): 'met' | 'NOT met' | 'within the noise' {
  const reach = Math.max(noise.most, 1 / noise.least);
  const distance = ratio.median / target;
  if (distance > 1 / reach && distance < reach) return 'within the noise';
  return distance <= 1 ? 'met' : 'NOT met';
}
