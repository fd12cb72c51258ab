/**
 * The entry of every npm script: `node local/run.cjs COMMAND [args]` makes the checkout ready and runs
 * local/COMMAND.ts with the project's own Node 24.
 *
 * This file runs on whatever Node the user has. Its syntax stays within Node 12, and nothing is loaded before the version
 * check, so that an old Node gets a sentence and not a syntax error.
 */
const { nodeProblem, pythonProblem } = require('./setup/prerequisites.cjs');

const ENTRIES = {
  start: 'start.ts',
  up: 'up.ts',
  down: 'down.ts',
  keys: 'keys.ts',
  test: 'test.ts',
  vitest: 'vitest-command.ts',
  drills: 'drills.ts',
  bench: 'bench.ts',
  verify: 'verify.ts',
};
const STARTS_A_CLOUD = ['start', 'up', 'test', 'drills', 'bench'];

function startsACloud(command, args) {
  if (args.includes('--help') || args.includes('-h')) return false;
  return (
    STARTS_A_CLOUD.includes(command) || (command === 'vitest' && /integration|e2e|burst|outage/.test(args.join(' ')))
  );
}

/** A proxy that the user set must not stand between two programs on this machine. */
function bypassProxy(env) {
  const given = env.NO_PROXY || env.no_proxy;
  const value = [given, '127.0.0.1', 'localhost', '::1'].filter(Boolean).join(',');
  return Object.assign({}, env, { NO_PROXY: value, no_proxy: value });
}

function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exitCode = 1;
}

async function main(command, args) {
  const oldNode = nodeProblem(process.versions.node, process.platform);
  if (oldNode) return fail(oldNode);
  if (!Object.keys(ENTRIES).includes(command)) {
    return fail(`Usage: node local/run.cjs ${Object.keys(ENTRIES).join('|')} [arguments].`);
  }
  const env = bypassProxy(process.env);
  if (startsACloud(command, args) && !env.AWS_ENDPOINT_URL) {
    const python = pythonProblem();
    if (python.problem) return fail(python.problem);
    if (python.command) env.MAOS_PYTHON = python.command;
  }
  const { installPackages, NODE } = require('./setup/install.cjs');
  const { runChild } = require('./setup/run-child.cjs');
  const failed = await installPackages(env);
  if (failed) return fail(failed);
  const path = require('node:path');
  env.PATH = [path.dirname(NODE), env.PATH].join(path.delimiter);
  const script = path.join(__dirname, ENTRIES[command]);
  const { code } = await runChild(NODE, [script].concat(args), { env, stdio: 'inherit' });
  process.exitCode = code;
}

main(process.argv[2], process.argv.slice(3)).catch((error) => fail(error.message));
