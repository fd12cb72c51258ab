import { beforeAll, describe, expect, it } from 'vitest';
import { runTool } from '../../../local/checks/tool.ts';
import { plantTree } from '../../support/plant.ts';

type Fault = [rule: string, code: string, file?: string];

const lines = (count: number): string => 'void 0;\n'.repeat(count);

/** One fault per rule of the house floor (biome.json); nursery rules may move or change with a biome upgrade. */
const faults: Fault[] = [
  [
    'noExcessiveCognitiveComplexity',
    'export function f(n: number[][]) { for (const a of n) for (const b of a) { if (b > 1) { if (b > 2) { if (b > 3) return b; } } } return 0; }',
  ],
  ['useMaxParams', 'export const f = (a: number, b: number, c: number, d: number, e: number) => a + b + c + d + e;'],
  ['noUndeclaredDependencies', "import { parse } from 'acorn';\nparse('1');"],
  ['noUnusedFunctionParameters', 'export function f(a: number) { return 1; }'],
  ['noUnusedImports', "import { join } from 'node:path';"],
  ['noUnusedPrivateClassMembers', 'export class A { private a = 1; }'],
  ['noUnusedVariables', 'const a = 1;'],
  ['useImportExtensions', "import { ok } from './ok';\nok();"],
  ['noFloatingPromises', "import { later } from './ok.ts';\nlater();"],
  ['noMisusedPromises', "import { later } from './ok.ts';\nif (later()) throw new Error('no');"],
  ['useAwaitThenable', 'export const f = async () => await 3;'],
  [
    'useExhaustiveSwitchCases',
    "import type { Light } from './ok.ts';\nexport function f(light: Light) { switch (light.colour) { case 'red': return 1; } return 0; }",
  ],
  ['noBarrelFile', "export { ok } from './ok.ts';"],
  ['noReExportAll', "export * from './ok.ts';"],
  ['noDefaultExport', 'export default 1;'],
  ['noEnum', 'export enum E { A = 1 }'],
  ['noNamespace', 'export namespace N { export const a = 1; }'],
  ['noNestedTernary', 'export const f = (a: number) => (a > 1 ? 1 : a > 0 ? 2 : 3);'],
  ['noNonNullAssertion', 'export const f = (a: string[]) => a[0]!;'],
  ['noParameterAssign', 'export const f = (a: number) => { a = 2; return a; };'],
  ['noParameterProperties', 'export class A { constructor(readonly a: number) {} }'],
  ['noRestrictedImports', "import { z } from 'zod';\nz.string();", 'zod-named.ts'],
  ['noRestrictedImports', "import z from 'zod';\nz.string();", 'zod-default.ts'],
  ['noRestrictedImports', "import S3 from 'aws-sdk/clients/s3';\nnew S3();", 'sdk-two.ts'],
  ['useExportType', "import { type Light } from './ok.ts';\nexport { Light };"],
  ['useFilenamingConvention', 'export const a = 1;', 'badName.ts'],
  ['useImportType', "import { Light } from './ok.ts';\nexport type L = Light;"],
  ['useNodejsImportProtocol', "import { join } from 'path';\njoin('a');"],
  ['useThrowNewError', "export const f = () => { throw Error('no'); };"],
  ['useThrowOnlyError', "export const f = () => { throw 'no'; };"],
  ['noExplicitAny', 'export const f = (a: any) => a;'],
  ['noFocusedTests', "import { it } from 'vitest';\nit.only('x', () => {});"],
  ['noSkippedTests', "import { it } from 'vitest';\nit.skip('x', () => {});"],
  ['noTsIgnore', '// @ts-ignore\nexport const a: string = 1;'],
  ['useErrorMessage', 'export const f = () => { throw new Error(); };'],
  ['noExcessiveLinesPerFile', lines(201)],
];

const folder = 'functions/tasks/domain';
const fileOf = ([rule, , file]: Fault): string =>
  `${folder}/${file ?? `${rule.replaceAll(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}.ts`}`;

const clean = `import * as z from 'zod';
export type Light = { colour: 'red' } | { colour: 'green' };
export const later = async () => true;
export const ok = () => z.string();
export function pace(light: Light): number {
  switch (light.colour) {
    case 'red':
      return 0;
    case 'green':
      return 1;
  }
}
`;

describe('biome over a planted tree', { timeout: 30_000 }, () => {
  let reported: string[];
  beforeAll(async () => {
    const planted = Object.fromEntries(faults.map((fault) => [fileOf(fault), `${fault[1]}\n`]));
    await using tree = await plantTree(
      { ...planted, [`${folder}/ok.ts`]: clean, 'test/unit/long.test.ts': lines(300), '.gitignore': 'node_modules\n' },
      ['biome.json', 'package.json', 'tsconfig.json'],
    );
    const { output } = await runTool('biome', ['lint', '--max-diagnostics=none', '--reporter=github', '.'], {
      cwd: tree.folder,
    });
    reported = [...output.matchAll(/^::error title=lint\/\w+\/(\w+),file=([^,]+),/gm)].map(
      ([, rule, file]) => `${rule} ${file?.replace(`${tree.folder}/`, '')}`,
    );
  }, 30_000);

  it.each(faults)('reports %s as an error: %s', (...fault) => {
    expect(reported).toContain(`${fault[0]} ${fileOf(fault)}`);
  });

  it('says nothing of a clean file, nor of a long test', () => {
    expect(reported.filter((line) => / (functions\/tasks\/domain\/ok|test\/unit\/long\.test)\.ts$/.test(line))).toEqual(
      [],
    );
  });
});
