import type { Costs } from './comparison.ts';
import type { Table } from './cost-report.ts';
import { assumptionTable, costSentences, costTables, priceTable, usd } from './cost-report.ts';
import { projectionRows, projectionTable } from './projection-figures.ts';
import type { Figures } from './report.ts';
import { callsIn, limit } from './report.ts';
import { asMarkdown, markdownRows } from './table-text.ts';

/** The figures of docs/cost.md. */
export function costDocument({ projections }: Pick<Figures, 'projections'>, costs: Costs): string {
  const sentences = costSentences(costs).map((sentence) => `- ${sentence}`);
  const tables: Table[] = [...costTables(costs), projectionTable(projections), assumptionTable(), priceTable()];
  return [sentences.join('\n'), ...tables.map(asMarkdown)].join('\n\n');
}

/** The figures of README.md, in brief. */
export function readmeFigures(
  { happy, compensated, breaker, sagas, projections }: Figures,
  { verdict, idle }: Costs,
): string {
  const { counted, files, requests } = happy;
  return markdownRows([
    ['', 'counted', 'target'],
    ['billed transitions of a task of three steps', String(counted.transitions), `≤ ${limit('happy')}`],
    [
      'billed transitions, its second step refused and the first undone',
      String(compensated.counted.transitions),
      `≤ ${limit('compensated')}`,
    ],
    ...sagas.flatMap(({ steps, completed, compensated }) => [
      [`billed transitions of a user's saga of ${steps} steps`, String(completed), `≤ ${limit('happy', steps)}`],
      [
        'billed transitions, its last step refused and all others undone',
        String(compensated),
        `≤ ${limit('compensated', steps)}`,
      ],
    ]),
    [`DynamoDB write units: the built-in agent, ${files} files, progress included`, String(counted.writeUnits), ''],
    ['AWS requests by all functions for the same task', String(requests), ''],
    ['calls of functions for the same task', String(callsIn(happy)), ''],
    [
      'a million such tasks, at list prices',
      usd(verdict.ours),
      `≤ ${usd(verdict.target * verdict.temporalAlone)}, a quarter of Temporal Cloud's ${usd(verdict.temporalAlone)}`,
    ],
    [
      'reads of a closed breaker in 1,000 calls within 10 s; writes of its state',
      `${breaker.requests.reads}; ${breaker.requests.writes}`,
      '≤ 10; 0',
    ],
    ...projectionRows(projections),
    ['a month in which nothing happens, at list prices', usd(idle.usd), ''],
  ]);
}
