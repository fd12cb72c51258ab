import { beforeAll, describe, expect, it } from 'vitest';
import { runTool } from '../../../local/checks/tool.ts';
import { plantTree } from '../../support/plant.ts';

const manifest = JSON.stringify({ name: 'planted', type: 'module', dependencies: { ulid: '*', zod: '*' } });

const files: Record<string, string> = {
  'package.json': manifest,
  'bin/maos.ts': "import { used } from '../lib/names.ts';\nused();\n",
  'lib/names.ts': "export const used = () => 'used';\nexport const deadExport = 1;\nexport type DeadType = string;\n",
  'functions/tasks/handlers/create-task.handler.ts': "import * as z from 'zod';\nexport const handler = () => z;\n",
  'functions/tasks/adapters/dead-file.ts': 'export const alone = 1;\n',
  'test/unit/names.test.ts': "import { helped } from '../support/help.ts';\nhelped();\n",
  'test/support/help.ts': 'export const helped = () => 1;\nexport const deadHelp = 1;\n',
};

describe('knip over a planted tree', { timeout: 30_000 }, () => {
  let output: string;
  let code: number;
  beforeAll(async () => {
    await using tree = await plantTree(files, ['knip.json', 'tsconfig.json']);
    ({ output, code } = await runTool('knip', ['--reporter', 'compact'], { cwd: tree.folder }));
  }, 30_000);

  it('fails', () => {
    expect(code).not.toBe(0);
  });

  it.each([
    ['an export', /lib\/names\.ts: deadExport/],
    ['a type', /lib\/names\.ts: DeadType/],
    ['a file', /functions\/tasks\/adapters\/dead-file\.ts/],
    ['an export of the test support', /test\/support\/help\.ts: deadHelp/],
    ['a dependency', /package\.json: ulid/],
  ])('reports %s that nobody uses', (_what, line) => {
    expect(output).toMatch(line);
  });

  it('leaves alone what is used, and what Lambda calls', () => {
    expect(output).not.toMatch(/\bused\b|helped|zod|create-task|maos\.ts:/);
  });
});
