import type { TaskFigures } from './task-bench.ts';

/** Steps of the task saga: what its transitions are held against. */
const STEPS = 3;

interface Figures {
  happy: TaskFigures;
  compensated: TaskFigures;
  commandUnits: number;
  bundles: [name: string, bytes: number][];
}

/** What was counted, beside the targets of the design. Times are left out: on an emulator they mean nothing. */
export function report({ happy, compensated, commandUnits, bundles }: Figures): string {
  const limit = (factor: number) => (factor * (STEPS + 2)).toFixed(1);
  const lines = [
    'One command of five events of 400 bytes',
    row('write units, index included', commandUnits, 'target <= 4'),
    '',
    `One task of the built-in agent (ended ${happy.status})`,
    row('billed transitions', happy.transitions, `target <= ${limit(1.3)}`),
    row('write units', happy.writeUnits),
    row('AWS requests by the functions', happy.requests),
    ...happy.byOperation.map(([name, requests, units]) =>
      row(`  ${name}`, requests, units ? `${units} write units` : ''),
    ),
    '',
    `One task that is refused in its second step and compensated (ended ${compensated.status})`,
    row('billed transitions', compensated.transitions, `target <= ${limit(2.3)}`),
    row('write units', compensated.writeUnits),
    row('AWS requests by the functions', compensated.requests),
    '',
    'Bytes of each function (targets: test/infra/bundles.test.ts)',
    ...bundles.map(([name, bytes]) => row(name, bytes)),
  ];
  return lines.join('\n');
}

function row(name: string, value: number, remark = ''): string {
  return `  ${name.padEnd(40)} ${String(value).padStart(8)}  ${remark}`.trimEnd();
}
