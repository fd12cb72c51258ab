import { runGates } from './checks/gates.ts';
import { conclude, PROJECTS, runTests } from './checks/test-run.ts';
import { cloudProgram } from './process/arguments.ts';
import { runCommand, untilAbortedWithTools } from './process/command.ts';

cloudProgram(
  'npm test --',
  'Runs the static checks and all tests, those that need a cloud on a new one of their own. Ends with the line "N passed, N failed".',
).parse();

await runCommand(async (signal) => {
  const { promise: up, resolve: whenUp } = Promise.withResolvers<void>();
  const gates = up.then(() => untilAbortedWithTools(runGates(), signal));
  // Whatever becomes of them, the tests' cloud is let go first.
  gates.catch(() => {});
  const outcome = await runTests({ command: 'npm test', projects: PROJECTS, whenUp, signal });
  return conclude(outcome, await gates);
});
