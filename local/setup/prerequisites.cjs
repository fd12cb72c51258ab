/** What must be on the machine before anything can be installed. Syntax within Node 12, see run.cjs. */

const { choosePython } = require('./python-choice.cjs');

const NODE_MAJOR = 20;
const PYTHON_NAMES = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python3.14', 'python'];

/** Answers one sentence, or undefined where this Node is good enough to install and start the rest. */
function nodeProblem(version, platform) {
  if (platform === 'win32') return 'MAOS runs on Linux and macOS: on Windows, use it inside WSL.';
  if (Number(version.split('.')[0]) >= NODE_MAJOR) return undefined;
  return `MAOS needs Node ${NODE_MAJOR} or newer to start, and this is Node ${version}: install a newer one from nodejs.org and run the command again.`;
}

function probe(command) {
  const { spawnSync } = require('node:child_process');
  const code = [
    'import sys, importlib.util as u',
    'print(sys.version_info[0], sys.version_info[1], int(bool(u.find_spec("venv") and u.find_spec("ensurepip"))))',
  ].join('\n');
  const ran = spawnSync(command, ['-c', code], { encoding: 'utf8', timeout: 20000 });
  const answer = /^(\d+) (\d+) ([01])\s*$/.exec(ran.status === 0 ? ran.stdout : '');
  if (!answer) return undefined;
  return { command, version: [Number(answer[1]), Number(answer[2])], venv: answer[3] === '1' };
}

/** Looks on the PATH, and stops at the first interpreter that will do: `{ command }` or `{ problem }`. */
function pythonProblem() {
  const found = [];
  for (const name of PYTHON_NAMES) {
    const python = probe(name);
    if (python) found.push(python);
    if (python && choosePython([python]).command) break;
  }
  return choosePython(found);
}

module.exports = { nodeProblem, pythonProblem };
