import { describe, expect, it } from 'vitest';
import { FilePath } from '../../../functions/contracts/file-path.ts';

describe('the path of a file', () => {
  it.each(['package.json', 'src/server.ts', '.gitignore', 'a/.../b', 'a b/ü.txt', 'x'.repeat(200), '..a/b..'])(
    'may be %s',
    (path) => {
      expect(FilePath.safeParse(path).success).toBe(true);
    },
  );

  it.each([
    ['nothing', ''],
    ['absolute', '/etc/passwd'],
    ['a folder', 'src/'],
    ['an empty part', 'a//b'],
    ['the folder itself', '.'],
    ['a "." part', 'a/./b'],
    ['the folder above', '..'],
    ['a ".." part', 'a/../../b'],
    ['a backslash', 'a\\b'],
    ['a NUL', 'a\0b'],
    ['201 bytes', 'x'.repeat(201)],
    ['201 bytes in fewer characters', 'ü'.repeat(101)],
  ])('may not be or hold %s', (_what, path) => {
    expect(FilePath.safeParse(path).success).toBe(false);
  });
});
