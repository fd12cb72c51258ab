import { posix, win32 } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FilePath } from '../../../functions/contracts/file-path.ts';
import { DRILL, runs } from '../../support/seeds.ts';

const isPath = (path: string) => FilePath.safeParse(path).success;

describe('a file path', () => {
  it.each([
    'a',
    'src/index.ts',
    '.gitignore',
    'a/..b/c..',
    '...',
    'a b/ü/日本',
    '-rf',
    '__proto__',
    'x'.repeat(200),
    'ü'.repeat(100),
  ])('may be "%s"', (path) => {
    expect(isPath(path)).toBe(true);
  });

  it.each([
    '',
    '/',
    '/a',
    'a/',
    'a//b',
    '.',
    '..',
    './a',
    'a/.',
    'a/../b',
    '../a',
    'a\\b',
    '\\',
    'a\0b',
    'x'.repeat(201),
    'ü'.repeat(101),
  ])('may not be "%s"', (path) => {
    expect(isPath(path)).toBe(false);
  });

  it('stays in the folder that it is joined to, on every system', DRILL, () => {
    const parts = fc.oneof(fc.constantFrom('..', '.', '', '/', '\\', 'a', '~', '%2e%2e'), fc.string({ maxLength: 5 }));
    return fc.assert(
      fc.property(
        fc.array(parts, { maxLength: 6 }).map((all) => all.join('/')),
        (path) => {
          fc.pre(isPath(path));
          expect(posix.join('/base', path)).toBe(`/base/${path}`);
          expect(win32.relative('C:\\base', win32.join('C:\\base', path))).not.toMatch(/^\.\.(\\|$)/);
        },
      ),
      { numRuns: runs() },
    );
  });
});
