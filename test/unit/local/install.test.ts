import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const { agrees } = createRequire(import.meta.url)('../../../local/setup/lock-agreement.cjs');

type Package = { version?: string; optional?: boolean; optionalDependencies?: Record<string, string> };

const ROOT = join(import.meta.dirname, '..', '..', '..');

describe('whether node_modules is what package-lock.json asks for', () => {
  const wanted = { packages: { '': {}, 'node_modules/a': { version: '1.0.0' } } };

  it.each([
    ['the same', wanted, true],
    ['nothing', undefined, false],
    ['an older version', { packages: { 'node_modules/a': { version: '0.9.0' } } }, false],
    ['a package too few', { packages: {} }, false],
  ])('%s is there', (_what, installed, answer) => {
    expect(agrees(wanted, installed)).toBe(answer);
  });

  it('lets a package for another platform be absent', () => {
    const lock = { packages: { 'node_modules/a-win32': { version: '1.0.0', optional: true } } };
    expect(agrees(lock, { packages: {} })).toBe(true);
  });
});

describe('package-lock.json', () => {
  it('names the packages of every platform, without which npm ci refuses it', () => {
    const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, Package>;
    };
    const missing = Object.entries(packages).flatMap(([name, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (dependency) => !packages[`${name}/node_modules/${dependency}`] && !packages[`node_modules/${dependency}`],
      ),
    );
    expect(missing).toEqual([]);
  });
});
