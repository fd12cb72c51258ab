import { describe, expect, it } from 'vitest';
import { countTests } from '../../../local/checks/vitest.ts';

type Test = { status: string; fullName: string; meta?: { skipReason?: string } };
type File = { name: string; status: string; assertionResults: Test[] };

const file = (status: string, ...tests: string[]): File => ({
  name: `test/unit/${status}.test.ts`,
  status,
  assertionResults: tests.map((test, index) => ({ status: test, fullName: ` does thing ${index}` })),
});
const report = (...testResults: File[]) => ({ success: true, testResults });

describe('countTests', () => {
  it('adds up all files of a run that went well', () => {
    expect(countTests(report(file('passed', 'passed', 'passed'), file('passed', 'passed')), 0)).toMatchObject({
      passed: 3,
      failed: 0,
      skips: [],
      ok: true,
    });
  });

  it('counts each failed test once, and not its file as well', () => {
    expect(countTests(report(file('failed', 'failed', 'passed', 'failed')), 1)).toMatchObject({
      passed: 1,
      failed: 2,
      ok: false,
    });
  });

  it('names what was skipped or left to be written, with the reason where there is one', () => {
    const given = file('passed', 'passed', 'skipped', 'todo');
    given.assertionResults[1] = { status: 'skipped', fullName: ' means nothing', meta: { skipReason: 'no IAM' } };
    const counts = countTests(report(given), 0);
    expect(counts).toMatchObject({ passed: 1, failed: 0, ok: true });
    expect(counts.skips).toEqual([
      { test: 'means nothing (test/unit/passed.test.ts)', reason: 'no IAM' },
      { test: 'does thing 2 (test/unit/passed.test.ts)', reason: undefined },
    ]);
  });

  it.each([
    ['a file that did not load', report(file('passed', 'passed'), file('failed')), 1],
    ['a hook that threw, so that its tests were skipped', report(file('failed', 'passed', 'skipped')), 1],
    ['a worker that died in the middle of a test', report(file('failed', 'passed', 'pending')), 1],
    ['a file that failed although vitest says 0', report(file('passed', 'passed'), file('failed', 'passed')), 0],
    ['an error outside every test', report(file('passed', 'passed')), 1],
    ['a run that wrote no report', undefined, 1],
    ['a missing report although vitest says 0', undefined, 0],
    ['a report of another shape', { testResults: [{ name: 'x' }] }, 0],
    ['a run that found no test file', report(), 1],
  ])('makes one failure of %s', (_what, given, exitCode) => {
    expect(countTests(given, exitCode)).toMatchObject({ failed: 1, ok: false });
  });

  it('is not content when nothing ran', () => {
    expect(countTests(report(file('passed', 'skipped')), 0)).toMatchObject({ passed: 0, failed: 0, ok: false });
    expect(countTests(report(), 0).ok).toBe(false);
  });
});
