import type { TestContext } from 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    /** Why a test was skipped. The runner reads it from the report and says it right before its last line. */
    skipReason?: string;
  }
}

/**
 * Skips a test that can mean nothing here, with the reason in the output of the run. The only way a test of this project is
 * skipped: a skip that nobody reads is a hole.
 *
 * @param reason undefined where the test means something
 */
export function skipAloud({ task, skip }: Pick<TestContext, 'task' | 'skip'>, reason: string | undefined): void {
  if (reason === undefined) return;
  task.meta.skipReason = reason;
  skip(reason);
}
