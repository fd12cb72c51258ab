const { constants } = require('node:os');
const { spawn } = require('node:child_process');

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const PARENT_LOOK_MS = 300;

/**
 * Calls back when npm is no longer there. npm passes a signal on to the shell between it and this process, which ends
 * without telling anybody; a new parent is then the only sign that the command is not wanted any more.
 */
function watchNpm(env, gone) {
  const parent = process.ppid;
  if (!env.npm_lifecycle_event) return undefined;
  return setInterval(() => {
    if (process.ppid !== parent) gone();
  }, PARENT_LOOK_MS);
}

/**
 * Runs a program to its end and passes on the signals that this process gets meanwhile, because `kill` and npm signal
 * one process only. Resolves to the exit code, 128 + n for an end by signal n, as a shell has it, and to whether any
 * signal was passed on, for programs whose exit code doesn't say so.
 */
function runChild(command, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, options);
    let signalled = false;
    const pass = (signal) => {
      signalled = true;
      child.kill(signal);
    };
    for (const signal of SIGNALS) process.on(signal, pass);
    const watch = watchNpm(options.env, () => pass('SIGTERM'));
    const done = () => {
      clearInterval(watch);
      for (const signal of SIGNALS) process.removeListener(signal, pass);
    };
    child.once('error', (error) => {
      done();
      reject(error);
    });
    child.once('exit', (code, signal) => {
      done();
      resolve({ code: signal ? 128 + constants.signals[signal] : code, signalled });
    });
  });
}

module.exports = { runChild };
