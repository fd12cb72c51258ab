import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import type { Skip } from './skips.ts';
import { runTool } from './tool.ts';

/**
 * `ok` says more than `failed === 0`: vitest itself ended well, and at least one test really ran. `failures` names what
 * failed, each with the beginning of its reason, as far as the report knows them.
 */
export type TestCounts = { passed: number; failed: number; failures: string[]; skips: Skip[]; ok: boolean };

/** What is read of vitest's JSON report; it has many more fields. */
const Report = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      // Why the file as a whole failed: it did not load, or its worker died.
      message: z.string().optional(),
      assertionResults: z.array(
        z.object({
          status: z.string(),
          fullName: z.string(),
          failureMessages: z.array(z.string()).nullish(),
          // What test/support/skip-aloud.ts leaves there.
          meta: z.object({ skipReason: z.string().optional() }).optional(),
        }),
      ),
    }),
  ),
});
type ReportedFile = z.infer<typeof Report>['testResults'][number];

const REASON_CHARS = 400;

const failure = (what: string, reason = '') => `failed: ${what}${reason && `: ${reason.slice(0, REASON_CHARS)}`}`;

/** A file can fail without a failed test in it: it did not load, a hook threw, or its worker died. */
function failuresIn(file: ReportedFile): string[] {
  const tests = file.assertionResults
    .filter(({ status }) => status === 'failed' || status === 'pending')
    .map(({ fullName, failureMessages }) => failure(`${fullName.trim()} (${file.name})`, failureMessages?.[0]));
  return file.status === 'failed' && tests.length === 0 ? [failure(file.name, file.message)] : tests;
}

function skippedIn(file: ReportedFile): Skip[] {
  return file.assertionResults
    .filter(({ status }) => status === 'skipped' || status === 'todo')
    .map(({ fullName, meta }) => ({ test: `${fullName.trim()} (${file.name})`, reason: meta?.skipReason }));
}

/**
 * Counts a run from its JSON report. Anything that went wrong outside a test counts as one failure, so that a run can
 * never look better than it was: an unreadable report, or an exit code that no test in the report explains.
 *
 * @param report the parsed JSON report; undefined where there is none
 * @param exitCode vitest's own
 */
export function countTests(report: unknown, exitCode: number): TestCounts {
  const parsed = Report.safeParse(report);
  const files = parsed.data?.testResults ?? [];
  const passed = files.flatMap((file) => file.assertionResults).filter(({ status }) => status === 'passed').length;
  const skips = files.flatMap(skippedIn);
  const failures = files.flatMap(failuresIn);
  const failed = failures.length === 0 && (!parsed.success || exitCode !== 0) ? 1 : failures.length;
  return { passed, failed, failures, skips, ok: exitCode === 0 && failed === 0 && passed > 0 };
}

async function readReport(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    // No report, or half of one, is what a crash leaves: countTests makes it a failure.
    return undefined;
  }
}

/**
 * Runs the tests of the named projects (see vitest.config.ts) in this terminal and counts them. Every test that
 * was skipped is named at the end, with the reason, because a skip that nobody reads is a hole.
 *
 * @param env added to this process's environment
 * @param extraArgs further vitest arguments, such as a file name to filter by
 */
export async function runVitest(
  projects: readonly string[],
  env: NodeJS.ProcessEnv,
  extraArgs: readonly string[] = [],
): Promise<TestCounts> {
  const folder = await mkdtemp(join(tmpdir(), 'maos-vitest-'));
  const report = join(folder, 'report.json');
  try {
    const chosen = projects.map((project) => `--project=${project}`);
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const { code } = await runTool('vitest', ['run', ...chosen, ...reporters, ...extraArgs], { env, show: true });
    const counts = countTests(await readReport(report), code);
    for (const { test, reason } of counts.skips) console.log(`skipped: ${test}${reason ? `: ${reason}` : ''}`);
    return counts;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
