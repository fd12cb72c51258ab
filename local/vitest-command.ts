import { Argument, Command } from 'commander';
import { conclude, PROJECTS, runTests } from './checks/test-run.ts';
import { ENDPOINT_HELP } from './cloud/endpoint.ts';
import { runCommand } from './process/command.ts';

const program = new Command('node local/run.cjs vitest')
  .description('Runs the tests of one project; integration, e2e, burst and outage tests get a new cloud of their own.')
  .addArgument(new Argument('<project>').choices(PROJECTS))
  .argument('[vitest arguments...]', 'file names to filter by, -t and other options of vitest')
  .passThroughOptions()
  .addHelpText('after', `\nEnvironment:${ENDPOINT_HELP}`)
  .parse();

await runCommand(async (signal) => {
  const [project = '', ...filters] = program.args;
  return conclude(await runTests({ command: `npm run test:${project}`, projects: [project], filters, signal }));
});
