/** Syntax within Node 12, see run.cjs. */

/** From the metadata of the emulator that requirements.txt pins. */
const PYTHON = [3, 10];

function tooOld(version) {
  return version[0] < PYTHON[0] || (version[0] === PYTHON[0] && version[1] < PYTHON[1]);
}

/**
 * Chooses among the interpreters that were found.
 *
 * @param found one `{ command, version: [major, minor], venv: boolean }` each, in order of preference
 * @returns `{ command }` or `{ problem }`, one sentence
 */
function choosePython(found) {
  const needed = `Python ${PYTHON.join('.')} or newer`;
  const fit = found.filter((python) => !tooOld(python.version));
  const ready = fit.find((python) => python.venv);
  if (ready) return { command: ready.command };
  if (fit.length > 0) {
    return {
      problem: `The local cloud needs "${fit[0].command} -m venv", which is missing here: install your system's package for it (python3-venv on Debian and Ubuntu).`,
    };
  }
  const seen = found.map((python) => `${python.command} is ${python.version.join('.')}`).join(', ');
  return {
    problem: `The local cloud needs ${needed} (as python3 on the PATH), and ${seen || 'no Python was found'}.`,
  };
}

module.exports = { choosePython };
