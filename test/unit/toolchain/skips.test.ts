import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const TESTS = join(import.meta.dirname, '..', '..');
/** These hold tests as text, to be run in trees of their own; and the one way to skip. */
const EXCEPT = /^unit\/toolchain\/|^support\/skip-aloud\.ts$/;
const SKIP = /\.(skip|skipIf|runIf|todo)\b/;

it('a test is skipped through skipAloud, which takes a reason, and in no other way', () => {
  const files = readdirSync(TESTS, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const checked = files.filter((name) => !EXCEPT.test(name));
  expect(checked.length).toBeGreaterThan(100);
  expect(checked.filter((name) => SKIP.test(readFileSync(join(TESTS, name), 'utf8')))).toEqual([]);
});
