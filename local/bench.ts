import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { benchBreaker } from '../bench/breaker-bench.ts';
import { bundleSizes } from '../bench/bundle-sizes.ts';
import { benchCommand } from '../bench/command-bench.ts';
import type { Costs } from '../bench/comparison.ts';
import { costsOf } from '../bench/comparison.ts';
import { costDocument, readmeFigures } from '../bench/documents.ts';
import type { IdleCounts } from '../bench/idle-month.ts';
import { idleCounts } from '../bench/idle-month.ts';
import { measuredCloud } from '../bench/measured-cloud.ts';
import { benchProjections } from '../bench/projection-bench.ts';
import type { Figures } from '../bench/report.ts';
import { report } from '../bench/report.ts';
import { benchRequests } from '../bench/request-bench.ts';
import { benchSagas } from '../bench/saga-bench.ts';
import { withBlock } from '../bench/table-text.ts';
import type { Bench } from '../bench/task-bench.ts';
import { benchTask } from '../bench/task-bench.ts';
import { templatesIn } from '../bench/templates.ts';
import type { Cloud, Context } from './cloud/cloud.ts';
import { bringUp, endOwnEmulator, letGo } from './cloud/cloud.ts';
import { withCloudLock } from './cloud/cloud-lock.ts';
import { synthesize } from './cloud/deploy.ts';
import { adoptEnvironment, offlineEnvironment } from './cloud/endpoint.ts';
import { ROOT, TEST_STATE } from './cloud/folders.ts';
import { cloudProgram } from './process/arguments.ts';
import { runCommand } from './process/command.ts';
import { Steps } from './process/steps.ts';

const TASK = { type: 'code_generation', description: 'Generate a simple REST API' };
const REFUSED = { ...TASK, requirements: [{ type: 'language', value: 'cobol' }] };

const REQUESTS = 200;
/** Steps of the sagas that are counted. */
const SAGAS = [3, 10];

/** Events that are rebuilt. */
const EVENTS = { full: 10_000, short: 2000 };

const { write, short } = cloudProgram(
  'npm run bench --',
  'Counts what one task takes, on a cloud of its own, and works out what a million of them and an idle month cost.',
)
  .option('--write', 'put the figures into README.md and docs/cost.md too')
  .option('--short', `rebuild ${EVENTS.short} events instead of ${EVENTS.full}`)
  .parse()
  .opts<{ write?: boolean; short?: boolean }>();

/** The first task warms up: what is registered and cached once is not counted. */
async function measure({ local }: Cloud): Promise<Figures> {
  const { apiUrl, apiKey, outputs, endpointUrl } = local;
  await using cloud = await measuredCloud(endpointUrl);
  const bench: Bench = { apiUrl, apiKey, taskMachineArn: outputs.TaskMachineArn ?? '', cloud };
  await benchTask(bench, TASK);
  return {
    happy: await benchTask(bench, TASK),
    compensated: await benchTask(bench, REFUSED),
    commandUnits: await benchCommand(cloud.proxy, outputs.EventLogTable ?? ''),
    breaker: await benchBreaker(),
    requests: await benchRequests({ apiUrl, apiKey }, REQUESTS),
    sagas: await benchSagas({ apiUrl, apiKey }, bench.taskMachineArn.replace(/task$/, ''), SAGAS),
    projections: await benchProjections(projectionTables(outputs), short ? EVENTS.short : EVENTS.full),
    bundles: bundleSizes(join(TEST_STATE, 'cdk.out')),
  };
}

function projectionTables(outputs: Cloud['local']['outputs']) {
  const { ProjectionsTable = '', ReadModelsTable = '', EventLogTable = '' } = outputs;
  return { projections: ProjectionsTable, readModels: ReadModelsTable, eventLog: EventLogTable };
}

/** What an idle month costs is read off the templates of the stage that is paid for. */
async function idleOf(stage: string, context: Context): Promise<IdleCounts> {
  const env = offlineEnvironment(process.env);
  await context.steps.run(`Building the stacks of ${stage} (cdk synth)`, () => synthesize(stage, { ...context, env }));
  return idleCounts(templatesIn(join(context.state, `cdk.out-${stage}`)));
}

function writeDocuments(figures: Figures, costs: Costs): void {
  const blocks = {
    'README.md': readmeFigures(figures, costs),
    [join('docs', 'cost.md')]: costDocument(figures, costs),
  };
  for (const [file, text] of Object.entries(blocks)) {
    const path = join(ROOT, file);
    writeFileSync(path, withBlock(readFileSync(path, 'utf8'), 'figures', text));
  }
}

await runCommand((signal) =>
  withCloudLock(TEST_STATE, 'npm run bench', async () => {
    await endOwnEmulator(TEST_STATE);
    const context: Context = { state: TEST_STATE, steps: new Steps(), signal };
    const idle = await idleOf('prod', context);
    const cloud = await bringUp(context);
    try {
      adoptEnvironment(cloud.deployment.env);
      const figures = await measure(cloud);
      const costs = costsOf({ ...figures, idle });
      console.log(`\n${report(figures, costs)}`);
      if (write) writeDocuments(figures, costs);
      return 0;
    } finally {
      await letGo(cloud);
    }
  }),
);
