import type { Bill, Line } from './bill.ts';
import { sumOf } from './bill.ts';
import type { Costs, Verdict } from './comparison.ts';
import { ALL_ASSUMPTIONS } from './comparison.ts';
import type { Price } from './prices.ts';
import { PRICES } from './prices.ts';

/** A table of text: its first row is the head. */
export interface Table {
  title: string;
  rows: string[][];
}

/** The costs as tables and sentences, for the terminal and for docs/cost.md alike. */
export function costTables(costs: Costs): Table[] {
  return [
    { title: 'A million tasks, in dollars', rows: byService(costs.designs) },
    ...costs.designs.map((bill) => ({ title: `A million tasks: ${bill.name}`, rows: itemised(bill, 'a task') })),
    { title: 'What a million tasks wrote, kept for a month', rows: itemised(costs.keeping, 'a task') },
    { title: 'A month in which nothing happens, stage prod', rows: itemised(costs.idle, 'a month') },
  ];
}

/** The sentences that the numbers come down to. */
export function costSentences({ ours, verdict, compensated, keeping, idle }: Costs): string[] {
  const transitions = usd(sumOf(ours.lines, 'Step Functions'));
  const dearest = byPrice(ours.lines).slice(0, 4);
  return [
    verdictSentence(verdict),
    `The target is ${usd(verdict.target * verdict.temporalAlone)}; our transitions alone are ${transitions}.`,
    `Our dearest lines: ${dearest.map((line) => `${line.what} ${usd(line.usd)}`).join('; ')}.`,
    `With what Temporal Cloud leaves to its user it is ${usd(verdict.temporalWhole)}; ours is ${ratio(verdict.ours, verdict.temporalWhole)} of that.`,
    `A million tasks that are refused in their second step and undone: ${usd(compensated.usd)}.`,
    `Keeping what a million tasks wrote: at most ${usd(keeping.usd)} a month. A month in which nothing happens: ${usd(idle.usd)}.`,
  ];
}

function verdictSentence({ ours, temporalAlone, target, met }: Verdict): string {
  const share = ratio(ours, temporalAlone);
  return `A million tasks: ours ${usd(ours)}, Temporal Cloud's own bill ${usd(temporalAlone)}: ${share} of it. Target <= ${target}: ${met ? 'met' : 'NOT met'}.`;
}

export function priceTable(): Table {
  const head = ['price', '$', 'for', 'source', 'checked'];
  const rows = Object.values<Price>(PRICES).map(({ service, usd: dollars, per, unit, source, on, checked }) => [
    service,
    String(dollars),
    `${per.toLocaleString('en-US')} ${unit}`,
    source,
    `${on}, ${checked}`,
  ]);
  return { title: 'Prices', rows: [head, ...rows] };
}

export function assumptionTable(): Table {
  const rows = ALL_ASSUMPTIONS.map(({ words, value }) => [words, significant(value)]);
  return { title: 'Assumed', rows: [['assumption', 'value'], ...rows] };
}

export function usd(dollars: number): string {
  return `$${dollars.toFixed(2)}`;
}

function ratio(part: number, whole: number): string {
  return (part / whole).toFixed(2);
}

/** A row a service; a dash where a design has no line of it. */
function byService(bills: readonly Bill[]): string[][] {
  const services = [...new Set(bills.flatMap(({ lines }) => lines.map(({ service }) => service)))];
  const cell = ({ lines }: Bill, service: string) =>
    lines.some((line) => line.service === service) ? usd(sumOf(lines, service)) : '-';
  return [
    ['service', ...bills.map(({ name }) => name)],
    ...services.map((service) => [service, ...bills.map((bill) => cell(bill, service))]),
    ['sum', ...bills.map((bill) => usd(bill.usd))],
  ];
}

/** Dearest first. */
function byPrice(lines: readonly Line[]): Line[] {
  return lines.toSorted((one, other) => other.usd - one.usd);
}

function itemised({ lines, usd: sum }: Bill, per: string): string[][] {
  const rows = byPrice(lines).filter(({ count }) => count > 0);
  return [['item', 'units', per, '$', 'from', 'why'], ...rows.map(row), ['sum', '', '', usd(sum), '', '']];
}

function row({ service, what, count, price, usd: dollars, basis, why = '' }: Line): string[] {
  return [`${service}: ${what}`, PRICES[price].unit, significant(count), usd(dollars), basis, why];
}

/** Four digits that tell something: counts go from millionths to millions. */
function significant(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(4)));
}
