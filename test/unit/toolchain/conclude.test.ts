import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { conclude } from '../../../local/checks/test-run.ts';

const lines: string[] = [];

beforeEach(() => {
  vi.spyOn(console, 'log').mockImplementation((line: string) => lines.push(line));
});
afterEach(() => {
  vi.restoreAllMocks();
  lines.length = 0;
});

it('says the count in the last line, and nothing of skips where there are none', () => {
  expect(conclude({ passed: 3, failed: 0, failures: [], skips: [], sound: true })).toBe(0);
  expect(lines).toEqual(['3 passed, 0 failed']);
});

it('says right before it how many tests were skipped, and why', () => {
  const skips = ['no IAM', 'it takes minutes', 'no IAM', undefined].map((reason) => ({ test: 'any', reason }));
  expect(conclude({ passed: 3, failed: 0, failures: [], skips, sound: true })).toBe(0);
  expect(lines).toEqual(['4 skipped: no IAM (2); it takes minutes (1); no reason given (1)', '3 passed, 0 failed']);
});

it('counts failed static checks as one failure, which fails the run', () => {
  expect(conclude({ passed: 3, failed: 0, failures: [], skips: [], sound: true }, false)).toBe(1);
  expect(lines).toEqual(['failed: the static checks', '3 passed, 1 failed']);
});

it('fails the run that is not sound', () => {
  expect(conclude({ passed: 0, failed: 0, failures: [], skips: [], sound: false })).toBe(1);
});

it('says what failed near the end, where a cut log still has it', () => {
  conclude({ passed: 1, failed: 1, failures: ['failed: adds (a.test.ts): 1 is not 2'], skips: [], sound: false });
  expect(lines).toEqual(['failed: adds (a.test.ts): 1 is not 2', '1 passed, 1 failed']);
});
