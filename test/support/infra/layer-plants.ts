/** A fault as its writer would make it: files that break one rule, and that rule's name. */
export type LayerPlant = { rule: string; fault: string; files: Record<string, string> };

const uses = (...modules: string[]): string =>
  modules.map((name) => `import * as it from '${name}';\nvoid it;\n`).join('');

const plant = (rule: string, file: string, module: string): LayerPlant => ({
  rule,
  fault: `${file} imports ${module}`,
  files: { [file]: uses(module) },
});

/** What the planted faults lean on: one clean file in each place. */
export const skeleton: Record<string, string> = {
  'bin/maos.ts': uses('aws-cdk-lib', 'node:path', '../lib/stack.ts'),
  'lib/stack.ts': uses(
    'aws-cdk-lib/aws-lambda-nodejs',
    'constructs',
    'cdk-nag',
    'esbuild',
    'node:fs',
    '../functions/contracts/task.ts',
  ),
  'lib/region.ts': uses('./stack.ts'),
  'functions/shared/kernel/result.ts': 'export const result = 1;\n',
  'functions/shared/kernel/decider.ts': uses('./result.ts'),
  'functions/shared/platform/clock.ts': 'export const clock = 1;\n',
  'functions/shared/platform/store.ts': uses(
    '../kernel/result.ts',
    '../../contracts/task.ts',
    './clock.ts',
    '@aws-sdk/client-dynamodb',
    'ulid',
  ),
  'functions/contracts/task.ts': uses('zod', 'node:crypto', '../shared/kernel/result.ts', './events/done.v1.ts'),
  'functions/contracts/events/done.v1.ts': 'export const done = 1;\n',
  'functions/tasks/domain/task.state.ts': 'export const state = 1;\n',
  'functions/tasks/domain/task.decide.ts': uses(
    './task.state.ts',
    '../../contracts/task.ts',
    '../../shared/kernel/decider.ts',
  ),
  'functions/tasks/adapters/task.store.ts': uses(
    '../domain/task.decide.ts',
    '../../shared/platform/store.ts',
    '@aws-sdk/client-s3',
    'node:fs',
  ),
  'functions/tasks/handlers/create-task.handler.ts': `import type { SQSEvent } from 'aws-lambda';\nexport type E = SQSEvent;\n${uses('../adapters/task.store.ts', '../domain/task.decide.ts', '../../shared/platform/store.ts', '../../contracts/task.ts', '@middy/core')}`,
  'functions/tasks/handlers/task.routes.ts': uses('../domain/task.state.ts'),
  'functions/agents/domain/agent.state.ts': 'export const state = 1;\n',
  'functions/agents/adapters/agent.store.ts': uses('../domain/agent.state.ts'),
  'cli/keys.ts': uses('commander', '../functions/contracts/task.ts', '@aws-sdk/client-dynamodb'),
  'console/page.ts': uses('../functions/contracts/task.ts'),
  'bench/count.ts': uses(
    '../functions/contracts/task.ts',
    '../functions/shared/platform/store.ts',
    '../functions/tasks/adapters/task.store.ts',
    '@aws-sdk/client-sqs',
  ),
  'local/start.ts': uses(
    '../bench/count.ts',
    'node:child_process',
    '../cli/keys.ts',
    '../functions/contracts/task.ts',
    '@aws-sdk/client-cloudformation',
  ),
  'test/support/cloud.ts': uses('@aws-sdk/client-iam'),
  'test/unit/everything.test.ts': uses(
    'vitest',
    '../support/cloud.ts',
    '../../bin/maos.ts',
    '../../lib/stack.ts',
    '../../local/start.ts',
    '../../functions/tasks/handlers/create-task.handler.ts',
  ),
};

const everywhere: LayerPlant[] = [
  {
    rule: 'no-circular',
    fault: 'two files of a domain import each other, one of them only for a type',
    files: {
      'functions/agents/domain/ring-a.ts': `import { b } from './ring-b.ts';\nexport type A = string;\nvoid b;\n`,
      'functions/agents/domain/ring-b.ts': `import type { A } from './ring-a.ts';\nexport const b: A = 'b';\n`,
    },
  },
  plant('resolvable', 'local/lost.ts', './gone.ts'),
  plant('resolvable', 'functions/tasks/adapters/lost-package.ts', 'no-such-package'),
  {
    rule: 'no-junk-drawers',
    fault: 'an index file is imported',
    files: {
      'functions/agents/domain/index.ts': 'export const x = 1;\n',
      'functions/agents/domain/barrel.ts': uses('./index.ts'),
    },
  },
  {
    rule: 'no-junk-drawers',
    fault: 'a folder called utils is imported from',
    files: { 'lib/utils/names.ts': 'export const x = 1;\n', 'lib/drawer.ts': uses('./utils/names.ts') },
  },
  plant('tests-are-leaves', 'cli/tested.ts', '../test/support/cloud.ts'),
  plant('tests-are-leaves', 'functions/tasks/adapters/tested.ts', '../../../test/support/cloud.ts'),
  plant('bin-is-the-root', 'lib/rooted.ts', '../bin/maos.ts'),
  plant('bin-is-the-root', 'local/rooted.ts', '../bin/maos.ts'),
];

const runtime: LayerPlant[] = [
  {
    rule: 'known-rooms',
    fault: 'a feature has a folder without a role',
    files: {
      'functions/tasks/services/clock.ts': 'export const x = 1;\n',
      'functions/tasks/adapters/roomy.ts': uses('../services/clock.ts'),
    },
  },
  {
    rule: 'known-rooms',
    fault: 'a file lies beside the shared rooms',
    files: {
      'functions/shared/loose.ts': 'export const x = 1;\n',
      'functions/tasks/handlers/roomy.ts': uses('../../shared/loose.ts'),
    },
  },
  plant('kernel-imports-nothing', 'functions/shared/kernel/reads.ts', 'node:fs'),
  plant('kernel-imports-nothing', 'functions/shared/kernel/parses.ts', 'zod'),
  plant('kernel-imports-nothing', 'functions/shared/kernel/knows.ts', '../../contracts/events/done.v1.ts'),
  plant('contracts-stay-small', 'functions/contracts/reads.ts', 'node:fs'),
  plant('contracts-stay-small', 'functions/contracts/names.ts', 'ulid'),
  plant('contracts-stay-small', 'functions/contracts/keeps.ts', '../shared/platform/store.ts'),
  plant('contracts-stay-small', 'functions/contracts/decides.ts', '../tasks/domain/task.state.ts'),
  plant('domain-is-pure', 'functions/tasks/domain/hashes.ts', 'node:crypto'),
  plant('domain-is-pure', 'functions/tasks/domain/parses.ts', 'zod'),
  plant('domain-is-pure', 'functions/tasks/domain/stores.ts', '../adapters/task.store.ts'),
  plant('domain-is-pure', 'functions/tasks/domain/logs.ts', '../../shared/platform/clock.ts'),
  plant('features-do-not-meet', 'functions/tasks/adapters/meets.ts', '../../agents/adapters/agent.store.ts'),
  plant('features-do-not-meet', 'functions/tasks/handlers/meets.handler.ts', '../../agents/domain/agent.state.ts'),
  plant('adapters-below-handlers', 'functions/tasks/adapters/climbs.ts', '../handlers/task.routes.ts'),
  plant('handlers-are-leaves', 'functions/tasks/handlers/twice.ts', './create-task.handler.ts'),
  plant('platform-below-features', 'functions/shared/platform/knows.ts', '../../tasks/domain/task.state.ts'),
  plant('sdk-behind-adapters', 'functions/tasks/handlers/calls.handler.ts', '@aws-sdk/client-sqs'),
  plant('no-dev-dependency-at-run-time', 'functions/tasks/adapters/bundles.ts', 'fast-check'),
  plant('runtime-stands-alone', 'functions/tasks/adapters/infra.ts', '../../../lib/stack.ts'),
  plant('runtime-stands-alone', 'functions/tasks/handlers/client.ts', '../../../cli/keys.ts'),
  plant('runtime-stands-alone', 'functions/shared/platform/local.ts', '../../../local/start.ts'),
  plant('runtime-stands-alone', 'functions/tasks/adapters/measures.ts', '../../../bench/count.ts'),
];

const outside: LayerPlant[] = [
  plant('infra-reach', 'lib/runs.ts', '../functions/shared/kernel/result.ts'),
  plant('infra-reach', 'lib/decides.ts', '../functions/tasks/domain/task.state.ts'),
  plant('infra-reach', 'lib/parses.ts', 'ulid'),
  plant('infra-reach', 'bin/starts.ts', '../local/start.ts'),
  plant('clients-see-contracts', 'cli/deploys.ts', '../lib/stack.ts'),
  plant('clients-see-contracts', 'cli/stores.ts', '../functions/shared/platform/store.ts'),
  plant('clients-see-contracts', 'cli/shows.ts', '../console/page.ts'),
  plant('clients-see-contracts', 'console/decides.ts', '../functions/tasks/domain/task.state.ts'),
  plant('local-reach', 'local/builds.ts', '../lib/stack.ts'),
  plant('local-reach', 'local/stores.ts', '../functions/tasks/adapters/task.store.ts'),
  plant('local-reach', 'local/decides.ts', '../functions/shared/kernel/result.ts'),
  plant('bench-reach', 'bench/builds.ts', '../lib/stack.ts'),
  plant('bench-reach', 'bench/serves.ts', '../functions/tasks/handlers/task.routes.ts'),
  plant('bench-reach', 'bench/decides.ts', '../functions/tasks/domain/task.state.ts'),
];

/** At least one for every rule in .dependency-cruiser.cjs; each breaks that rule and no other. */
export const layerPlants: LayerPlant[] = [...everywhere, ...runtime, ...outside];
