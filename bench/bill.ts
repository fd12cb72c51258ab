import type { Price, PriceName } from './prices.ts';
import { PRICES } from './prices.ts';

/** Where a count comes from: seen on the local cloud, set by us for want of a count, or part of a design that is only described. */
export type Basis = 'counted' | 'assumed' | 'designed';

/** Something that costs, before it is priced. */
export interface Item {
  what: string;
  price: PriceName;
  /** Units of the price for one task, or for one month. */
  count: number;
  basis: Basis;
  /** Why it is that many; for what is designed, with the section of the study that has it. */
  why?: string;
}

export interface Line extends Item {
  service: string;
  usd: number;
}

export interface Bill {
  name: string;
  lines: Line[];
  usd: number;
}

/** Prices each item so many times over; the bill's sum is the sum of its lines, and nothing else. */
export function bill(name: string, items: readonly Item[], times = 1): Bill {
  const lines = items.map((item) => priced(item, times));
  return { name, lines, usd: sumOf(lines) };
}

/** Dollars of some lines; of one service where it is named. */
export function sumOf(lines: readonly Line[], service?: string): number {
  return lines
    .filter((line) => service === undefined || line.service === service)
    .reduce((sum, { usd }) => sum + usd, 0);
}

function priced(item: Item, times: number): Line {
  const { service, usd, per }: Price = PRICES[item.price];
  return { ...item, service, usd: (item.count * times * usd) / per };
}
