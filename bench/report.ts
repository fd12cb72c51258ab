import type { BreakerFigures } from './breaker-bench.ts';
import { breakerTables } from './breaker-bench.ts';
import type { Costs } from './comparison.ts';
import { assumptionTable, costSentences, costTables } from './cost-report.ts';
import type { ProjectionFigures } from './projection-figures.ts';
import { projectionTable } from './projection-figures.ts';
import type { RequestFigures } from './request-bench.ts';
import type { SagaFigures } from './saga-bench.ts';
import { asText } from './table-text.ts';
import type { TaskFigures } from './task-bench.ts';

/** Steps of the task saga: what its transitions are held against. */
const STEPS = 3;
/** Transitions for each step and two more: of a task that completes, and of one that is undone. */
const LIMITS = { happy: 1.3, compensated: 2.3 };

/** What a run counted. */
export interface Figures {
  happy: TaskFigures;
  compensated: TaskFigures;
  commandUnits: number;
  bundles: [name: string, bytes: number][];
  breaker: BreakerFigures;
  requests: RequestFigures;
  sagas: SagaFigures[];
  projections: ProjectionFigures[];
}

/**
 * What was counted, beside the targets of the design, and what it costs. Times on an emulator mean little: those of requests are told
 * with that remark, and others are ratios within this process.
 */
export function report(figures: Figures, costs: Costs): string {
  const { happy, compensated, commandUnits, bundles, breaker, requests, sagas, projections } = figures;
  const lines = [
    'One command of five events of 400 bytes',
    row('write units, index included', commandUnits, 'target <= 4'),
    '',
    `One task of the built-in agent (ended ${happy.status}, ${happy.files} files)`,
    row('billed transitions', happy.counted.transitions, `target <= ${limit('happy')}`),
    row('write units', happy.counted.writeUnits),
    row('calls of functions', callsIn(happy)),
    row('messages from queues', happy.counted.messages),
    row('AWS requests by the functions', happy.requests),
    ...happy.byOperation.map(([name, requests, units]) =>
      row(`  ${name}`, requests, units ? `${units} write units` : ''),
    ),
    '',
    `One task that is refused in its second step and compensated (ended ${compensated.status})`,
    row('billed transitions', compensated.counted.transitions, `target <= ${limit('compensated')}`),
    row('write units', compensated.counted.writeUnits),
    row('AWS requests by the functions', compensated.requests),
    '',
    'Billed transitions of sagas of users',
    ...sagas.flatMap(({ steps, completed, compensated }) => [
      row(`${steps} steps, completed`, completed, `target <= ${limit('happy', steps)}`),
      row(
        `${steps} steps, the last refused, all others undone`,
        compensated,
        `target <= ${limit('compensated', steps)}`,
      ),
    ]),
    '',
    ...breakerTables(breaker).map((table) => `${asText(table)}\n`),
    `${asText(projectionTable(projections))}\n`,
    `${requests.requests} asynchronous requests at once, on this machine and its emulator`,
    row('requests and their callbacks a second', Math.round(requests.perSecond * 10) / 10),
    row('ms from accepted to called back, p50', Math.round(requests.p50)),
    row('ms from accepted to called back, p95', Math.round(requests.p95)),
    '',
    'Bytes of each function (targets: test/infra/bundles.test.ts)',
    ...bundles.map(([name, bytes]) => row(name, bytes)),
    '',
    ...[...costTables(costs), assumptionTable()].map((table) => `${asText(table)}\n`),
    ...costSentences(costs),
  ];
  return lines.join('\n');
}

/** Most transitions that the design allows a saga of so many steps; a task, where none are named. */
export function limit(which: keyof typeof LIMITS, steps = STEPS): string {
  return (LIMITS[which] * (steps + 2)).toFixed(1);
}

/** Calls of functions for one task. */
export function callsIn({ counted }: TaskFigures): number {
  return counted.functions.reduce((sum, { calls }) => sum + calls, 0);
}

function row(name: string, value: number, remark = ''): string {
  return `  ${name.padEnd(40)} ${String(value).padStart(8)}  ${remark}`.trimEnd();
}
