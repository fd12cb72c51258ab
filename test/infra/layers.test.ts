import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { ICruiseResult } from 'dependency-cruiser';
import { beforeAll, describe, expect, it } from 'vitest';
import { layeredFolders } from '../../local/checks/gates.ts';
import { runTool } from '../../local/checks/tool.ts';
import { layerPlants, skeleton } from '../support/infra/layer-plants.ts';
import { plantTree } from '../support/plant.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const CONFIG = '.dependency-cruiser.cjs';

async function cruise(folder: string): Promise<ICruiseResult> {
  const { output } = await runTool('depcruise', ['-c', CONFIG, '-T', 'json', ...layeredFolders(folder)], {
    cwd: folder,
  });
  return JSON.parse(output);
}

/** Which rules the given files break, each once. */
function broken(result: ICruiseResult, files: readonly string[]): string[] {
  const rules = result.summary.violations.filter(({ from }) => files.includes(from)).map(({ rule }) => rule.name);
  return [...new Set(rules)].sort();
}

describe('the tree as it is', () => {
  let result: ICruiseResult;
  beforeAll(async () => {
    result = await cruise(ROOT);
  });

  it('keeps to its layers', () => {
    expect(result.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`)).toEqual([]);
  });

  it('was read whole, so that keeping to the layers means something', () => {
    const written = layeredFolders(ROOT)
      .flatMap((name) =>
        readdirSync(join(ROOT, name), { recursive: true, encoding: 'utf8' }).map((file) => join(name, file)),
      )
      .filter((file) => file.endsWith('.ts'));
    const read = new Set(result.modules.map(({ source }) => source));
    expect(written.filter((file) => !read.has(file))).toEqual([]);
    expect(result.summary.totalCruised).toBeGreaterThanOrEqual(written.length);
    expect(result.summary.totalDependenciesCruised).toBeGreaterThan(0);
  });
});

describe('a planted fault', () => {
  let result: ICruiseResult;
  beforeAll(async () => {
    const planted = Object.assign({}, skeleton, ...layerPlants.map(({ files }) => files));
    await using tree = await plantTree(planted, [CONFIG, 'tsconfig.json', 'package.json']);
    result = await cruise(tree.folder);
  });

  it.each(layerPlants)('breaks $rule and nothing else: $fault', ({ rule, files }) => {
    expect(broken(result, Object.keys(files))).toEqual([rule]);
  });

  it('is not seen in the imports that the layers allow', () => {
    expect(broken(result, Object.keys(skeleton))).toEqual([]);
  });

  it('exists for every rule', () => {
    const config: { forbidden: { name: string }[] } = createRequire(import.meta.url)(join(ROOT, CONFIG));
    const planted = new Set(layerPlants.map(({ rule }) => rule));
    expect(config.forbidden.map(({ name }) => name).filter((name) => !planted.has(name))).toEqual([]);
  });
});
