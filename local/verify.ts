import { join } from 'node:path';
import { Command } from 'commander';
import { runGates } from './checks/gates.ts';
import { conclude, runTests } from './checks/test-run.ts';
import { synthesize } from './cloud/deploy.ts';
import { offlineEnvironment } from './cloud/endpoint.ts';
import { STATE } from './cloud/folders.ts';
import { runCommand, untilAbortedWithTools } from './process/command.ts';
import { Steps } from './process/steps.ts';

const STAGES = ['dev', 'prod'];

new Command('npm run verify --')
  .description(
    'Runs everything that needs no cloud: static checks, unit and infra tests, and the stacks of dev and prod.',
  )
  .parse();

await runCommand(async (signal) => {
  const gatesPassed = await untilAbortedWithTools(runGates(), signal);
  const state = join(STATE, 'verify');
  const steps = new Steps();
  for (const stage of STAGES) {
    await steps.run(`Building the stacks of ${stage} (cdk synth)`, () =>
      synthesize(stage, { state, env: offlineEnvironment(process.env), signal }),
    );
  }
  return conclude(await runTests({ command: 'npm run verify', projects: ['unit', 'infra'], signal }), gatesPassed);
});
