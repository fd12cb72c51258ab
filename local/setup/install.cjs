const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { agrees } = require('./lock-agreement.cjs');
const { runChild } = require('./run-child.cjs');

const ROOT = path.join(__dirname, '..', '..');
const MODULES = path.join(ROOT, 'node_modules');
const STATE = path.join(ROOT, '.maos');
const STAMP = path.join(MODULES, '.maos-installed');
const LOCK = path.join(STATE, 'install.lock');
const LOG = path.join(STATE, 'npm-ci.log');
/** The Node 24 that package.json pins; everything after the installation runs on it. */
const NODE = path.join(MODULES, '.bin', 'node');

function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function fingerprint() {
  return createHash('sha256')
    .update(fs.readFileSync(path.join(ROOT, 'package-lock.json')))
    .digest('hex');
}

function isInstalled() {
  if (!fs.existsSync(NODE)) return false;
  if (fs.existsSync(STAMP) && fs.readFileSync(STAMP, 'utf8') === fingerprint()) return true;
  if (!agrees(readJson(path.join(ROOT, 'package-lock.json')), readJson(path.join(MODULES, '.package-lock.json')))) {
    return false;
  }
  fs.writeFileSync(STAMP, fingerprint());
  return true;
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function takeLock() {
  try {
    fs.writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  }
}

/** The process that installs, 0 where it has not written its id yet or has just finished. */
function lockHolder() {
  try {
    return Number(fs.readFileSync(LOCK, 'utf8'));
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return 0;
  }
}

/** Two commands started at once in a new checkout must not install over each other: the second waits for the first. */
async function withInstallLock(work) {
  fs.mkdirSync(STATE, { recursive: true });
  let told = false;
  while (!takeLock()) {
    const holder = lockHolder();
    if (holder && !isRunning(holder)) fs.rmSync(LOCK, { force: true });
    else if (!told) process.stdout.write('  … Waiting for the installation that another command has begun\n');
    told = true;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  try {
    return await work();
  } finally {
    fs.rmSync(LOCK, { force: true });
  }
}

async function runNpmCi(env) {
  const npm = env.npm_execpath ? [process.execPath, env.npm_execpath] : ['npm'];
  const args = npm.slice(1).concat(['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=warn']);
  const log = fs.openSync(LOG, 'w');
  try {
    return await runChild(npm[0], args, { cwd: ROOT, env, stdio: ['ignore', log, log] });
  } finally {
    fs.closeSync(log);
  }
}

/** npm says what is wrong first, and then how it is used. */
function tellingLines(file) {
  const lines = fs.readFileSync(file, 'utf8').trimEnd().split('\n');
  const errors = lines.filter((line) => /^npm (error|ERR!) *\S/.test(line));
  return (errors.length > 0 ? errors.slice(0, 8) : lines.slice(-8)).join('\n');
}

async function install(env) {
  if (isInstalled()) return undefined;
  const started = Date.now();
  process.stdout.write('  … Installing packages (the first time takes a minute)\n');
  const { code, signalled } = await runNpmCi(env);
  if (signalled) return 'Stopped while installing packages; the next command does it again.';
  if (code !== 0)
    return `${tellingLines(LOG)}\nnpm ci failed with exit code ${code}; its whole output is in .maos/npm-ci.log.`;
  if (!fs.existsSync(NODE)) {
    return 'npm ci left out the Node 24 that the project runs on: allow install scripts (npm config get ignore-scripts) and run the command again.';
  }
  fs.writeFileSync(STAMP, fingerprint());
  process.stdout.write(`  ✓ Installing packages  ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
  return undefined;
}

/**
 * Brings node_modules to what package-lock.json says, where it is not that already. Answers one sentence where it
 * failed (after the end of npm's own output), otherwise undefined.
 */
async function installPackages(env) {
  return isInstalled() ? undefined : withInstallLock(() => install(env));
}

module.exports = { installPackages, NODE };
