import { conclude, runTests } from './checks/test-run.ts';
import { cloudProgram } from './process/arguments.ts';
import { runCommand } from './process/command.ts';

cloudProgram(
  'npm run test:drills --',
  'Runs the unit, integration, burst and outage tests with the long fault drills (MAOS_DRILLS=1), on a cloud of their own.',
).parse();

await runCommand(async (signal) => {
  const projects = ['unit', 'integration', 'burst', 'outage'];
  return conclude(await runTests({ command: 'npm run test:drills', projects, env: { MAOS_DRILLS: '1' }, signal }));
});
