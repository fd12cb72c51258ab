import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bill } from '../../../bench/bill.ts';
import type { Costs } from '../../../bench/comparison.ts';
import { assumptionTable, costSentences, costTables, priceTable } from '../../../bench/cost-report.ts';
import { asMarkdown, asText, withBlock } from '../../../bench/table-text.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const textOf = (file: string) => readFileSync(join(ROOT, file), 'utf8');

const ours = bill('MAOS', [{ what: 'the saga', price: 'transition', count: 5, basis: 'counted' }], 1_000_000);
const other = bill('Other', [{ what: 'queues', price: 'queueRequest', count: 10, basis: 'designed' }], 1_000_000);
const costs: Costs = {
  ours,
  designs: [ours, other],
  compensated: ours,
  keeping: other,
  idle: other,
  verdict: { ours: 125, temporalAlone: 400, temporalWhole: 500, target: 0.25, met: false },
};

describe('the tables of costs', () => {
  it('set the designs side by side, service by service', () => {
    expect(costTables(costs)[0]?.rows).toEqual([
      ['service', 'MAOS', 'Other'],
      ['Step Functions', '$125.00', '-'],
      ['SQS', '-', '$4.00'],
      ['sum', '$125.00', '$4.00'],
    ]);
  });

  it('say plainly that the target is missed where it is', () => {
    expect(costSentences(costs)[0]).toBe(
      "A million tasks: ours $125.00, Temporal Cloud's own bill $400.00: 0.31 of it. Target <= 0.25: NOT met.",
    );
    const met = { ...costs.verdict, ours: 100, met: true };
    expect(costSentences({ ...costs, verdict: met })[0]).toContain('0.25 of it. Target <= 0.25: met.');
  });

  it("name ours' dearest lines, dearest first, and what the target leaves for the transitions", () => {
    const dear = bill('MAOS', [
      { what: 'queues', price: 'queueRequest', count: 10_000_000, basis: 'counted' },
      { what: 'the saga', price: 'transition', count: 5_000_000, basis: 'counted' },
    ]);
    expect(costSentences({ ...costs, ours: dear })).toEqual(
      expect.arrayContaining([
        'Our dearest lines: the saga $125.00; queues $4.00.',
        'The target is $100.00; our transitions alone are $125.00.',
      ]),
    );
  });

  it('leave out what there is none of, and end with the sum', () => {
    const items = [
      { what: 'alarms', price: 'alarm', count: 4, basis: 'counted' },
      { what: 'dashboards', price: 'dashboard', count: 0, basis: 'counted' },
    ] as const;
    const idle = costTables({ ...costs, idle: bill('Idle month', items) }).at(-1)?.rows;
    expect(idle?.map(([item, , , dollars]) => [item, dollars])).toEqual([
      ['item', '$'],
      ['CloudWatch: alarms', '$0.40'],
      ['sum', '$0.40'],
    ]);
  });

  it('stand in columns on a terminal, and in Markdown', () => {
    const table = {
      title: 'T',
      rows: [
        ['a', 'long'],
        ['longer', 'b'],
      ],
    };
    expect(asText(table)).toBe('T\n  a       long\n  longer  b');
    expect(asMarkdown(table)).toBe('### T\n\n| a | long |\n| --- | --- |\n| longer | b |');
  });
});

describe('a block of a document', () => {
  it('is replaced between its marks, and nothing else is', () => {
    const document = 'before\n<!-- bench:x -->\nold\n<!-- /bench:x -->\nafter\n';
    expect(withBlock(document, 'x', 'new')).toBe('before\n<!-- bench:x -->\n\nnew\n\n<!-- /bench:x -->\nafter\n');
  });

  it('is an error where it is not there', () => {
    expect(() => withBlock('nothing', 'x', 'new')).toThrow('bench:x');
  });
});

describe('the documents', () => {
  it.each(['README.md', 'docs/cost.md'])('have a block for the figures: %s', (file) => {
    expect(() => withBlock(textOf(file), 'figures', '')).not.toThrow();
  });

  it('show the prices and assumptions that the bench has now (npm run bench -- --write)', () => {
    const shown = textOf('docs/cost.md');
    expect(shown).toContain(asMarkdown(priceTable()));
    expect(shown).toContain(asMarkdown(assumptionTable()));
  });
});
