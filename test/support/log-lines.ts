import { afterEach, beforeEach, vi } from 'vitest';

/** What the code under test has printed, a line an entry: log lines and metrics are JSON. */
export interface LogLines {
  /** Every JSON object that was printed, in order. */
  entries(): Record<string, unknown>[];
  /** Those that are log lines. */
  lines(): Record<string, unknown>[];
  /** Those that are metrics (CloudWatch's embedded metric format). */
  metrics(): Record<string, unknown>[];
  /** Everything that was printed, for looking that something is not in it. */
  text(): string;
}

/** Takes the log lines of each test of a file, which also keeps them out of the report. */
export function captureLogLines(): LogLines {
  let printed = '';
  const take = (chunk: unknown): boolean => {
    printed += String(chunk);
    return true;
  };
  beforeEach(() => {
    printed = '';
    vi.spyOn(process.stdout, 'write').mockImplementation(take);
    vi.spyOn(process.stderr, 'write').mockImplementation(take);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });
  const entries = () =>
    printed
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return {
    text: () => printed,
    entries,
    lines: () => entries().filter((entry) => !('_aws' in entry)),
    metrics: () => entries().filter((entry) => '_aws' in entry),
  };
}
