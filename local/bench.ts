import { join } from 'node:path';
import { bundleSizes } from '../bench/bundle-sizes.ts';
import { benchCommand } from '../bench/command-bench.ts';
import { measuredCloud } from '../bench/measured-cloud.ts';
import { report } from '../bench/report.ts';
import type { Bench } from '../bench/task-bench.ts';
import { benchTask } from '../bench/task-bench.ts';
import type { Cloud } from './cloud/cloud.ts';
import { bringUp, endOwnEmulator, letGo } from './cloud/cloud.ts';
import { withCloudLock } from './cloud/cloud-lock.ts';
import { adoptEnvironment } from './cloud/endpoint.ts';
import { TEST_STATE } from './cloud/folders.ts';
import { cloudProgram } from './process/arguments.ts';
import { runCommand } from './process/command.ts';
import { Steps } from './process/steps.ts';

const TASK = { type: 'code_generation', description: 'Generate a simple REST API' };
const REFUSED = { ...TASK, requirements: [{ type: 'language', value: 'cobol' }] };

cloudProgram(
  'npm run bench --',
  'Counts what one task takes, on a cloud of its own: write units, AWS requests, billed transitions, bytes of code.',
).parse();

/** The first task warms up: what is registered and cached once is not counted. */
async function measure({ local }: Cloud): Promise<string> {
  const { apiUrl, apiKey, outputs, endpointUrl } = local;
  await using proxy = await measuredCloud(endpointUrl);
  const bench: Bench = { apiUrl, apiKey, taskMachineArn: outputs.TaskMachineArn ?? '', proxy };
  await benchTask(bench, TASK);
  return report({
    happy: await benchTask(bench, TASK),
    compensated: await benchTask(bench, REFUSED),
    commandUnits: await benchCommand(proxy, outputs.EventLogTable ?? ''),
    bundles: bundleSizes(join(TEST_STATE, 'cdk.out')),
  });
}

await runCommand((signal) =>
  withCloudLock(TEST_STATE, 'npm run bench', async () => {
    await endOwnEmulator(TEST_STATE);
    const cloud = await bringUp({ state: TEST_STATE, steps: new Steps(), signal });
    try {
      adoptEnvironment(cloud.deployment.env);
      console.log(`\n${await measure(cloud)}`);
      return 0;
    } finally {
      await letGo(cloud);
    }
  }),
);
