import { defineConfig } from 'vitest/config';
import { FileOrder } from './test/support/file-order.ts';

const SECOND = 1000;

/**
 * Tests against a deployed local cloud share it, so few run at once: more than there are cores, as some mostly wait; none is
 * retried, because a test that passes the second time has found something. Where the cloud is, MAOS_LOCAL_JSON says.
 */
const againstTheCloud = {
  // A task that finds no agent takes 45 s to end, and a busy machine may double what comes on top.
  testTimeout: 120 * SECOND,
  hookTimeout: 120 * SECOND,
  // What an index or a list takes to catch up, on a machine whose other tests are busy.
  expect: { poll: { timeout: 15 * SECOND } },
  maxWorkers: 4,
  retry: 0,
  // What the product's adapters say in the tests' own process; functions log where they run.
  env: { POWERTOOLS_LOG_LEVEL: 'SILENT' },
};

/** These projects run one after the other: integration takes grants away from functions that e2e calls. */
const after = (groupOrder: number) => ({ sequence: { groupOrder } });

export default defineConfig({
  test: {
    passWithNoTests: false,
    allowOnly: false,
    sequence: { sequencer: FileOrder },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          env: { MAOS_STAGE: 'test' },
          // On a busy machine even what takes a moment may take seconds.
          testTimeout: 30 * SECOND,
          hookTimeout: 30 * SECOND,
          maxWorkers: 3,
          ...after(4),
        },
      },
      {
        test: {
          name: 'infra',
          include: ['test/infra/**/*.test.ts'],
          // Beside all the rest, bundling every function takes its time.
          testTimeout: 120 * SECOND,
          hookTimeout: 240 * SECOND,
          // The files share one synthesized app and change nothing: a fresh module graph for each would double the time.
          isolate: false,
          // Beside the integration tests, which have to wait for the longest of them.
          maxWorkers: againstTheCloud.maxWorkers,
          ...after(1),
          // Templates are asserted without bundling every Lambda, which would take most of the time.
          env: { CDK_CONTEXT_JSON: JSON.stringify({ 'aws:cdk:bundling-stacks': [] }) },
        },
      },
      { test: { name: 'integration', include: ['test/integration/**/*.test.ts'], ...againstTheCloud, ...after(1) } },
      // The longest of them wait for the cloud's clocks and receivers, and take next to nothing of the machine.
      {
        test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], ...againstTheCloud, maxWorkers: 7, ...after(2) },
      },
      // They take all of the machine, or need all of the product well: one at a time, and nothing beside them.
      { test: { name: 'burst', include: ['test/burst/**/*.test.ts'], ...againstTheCloud, maxWorkers: 1, ...after(3) } },
      // It makes services fail that every task needs, so no other test of the cloud is beside it; unit tests fill what it waits.
      {
        test: {
          name: 'outage',
          include: ['test/outage/**/*.test.ts'],
          ...againstTheCloud,
          maxWorkers: 3,
          ...after(4),
        },
      },
    ],
  },
});
