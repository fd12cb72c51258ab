import { join } from 'node:path';
import { Command } from 'commander';
import { runCommand, untilAbortedWithTools } from './command.ts';
import { synthesize } from './deploy.ts';
import { offlineEnvironment } from './endpoint.ts';
import { STATE } from './folders.ts';
import { runGates } from './gates.ts';
import { Steps } from './steps.ts';
import { conclude, runTests } from './test-run.ts';

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
