import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Completes package-lock.json after an `npm install` against a registry that lacks some packages of other platforms. npm leaves
 * those out of the lock, and then refuses the lock itself (`npm ci`: "Missing: … from lock file"). On a whole registry this changes
 * nothing.
 */
interface Entry {
  version?: string;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
}

const LOCK = 'package-lock.json';
const OS = ['android', 'darwin', 'linux', 'win32', 'freebsd', 'openharmony'];
const CPU = ['arm64', 'x64', 'ia32', 'arm', 'riscv64', 's390x', 'ppc64'];
const LIBC: Record<string, string[]> = { musl: ['musl'], gnu: ['glibc'] };

const lock = JSON.parse(readFileSync(LOCK, 'utf8')) as { packages: Record<string, Entry> };
const missing = Object.entries(lock.packages).flatMap(([name, entry]) => missingOf(name, entry));
for (const [dependency, entry] of missing) lock.packages[`node_modules/${dependency}`] = entry;
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(LOCK, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${LOCK}: ${missing.length} packages of other platforms added`);

function missingOf(name: string, { dev, optionalDependencies = {} }: Entry): [string, Entry][] {
  return Object.entries(optionalDependencies)
    .filter(([dependency]) => !isLocked(name, dependency))
    .map(([dependency, version]) => [
      dependency,
      { version, ...platformOf(dependency), ...(dev ? { dev } : {}), optional: true },
    ]);
}

function isLocked(name: string, dependency: string): boolean {
  return `${name}/node_modules/${dependency}` in lock.packages || `node_modules/${dependency}` in lock.packages;
}

/** These packages carry their platform in their names: `…-linux-arm64-musl`. */
function platformOf(dependency: string): Entry {
  const parts = dependency.split(/[/-]/);
  const libc = parts.flatMap((part) => LIBC[part] ?? []);
  return {
    cpu: CPU.filter((cpu) => parts.includes(cpu)),
    os: OS.filter((os) => parts.includes(os)),
    ...(libc.length === 0 ? {} : { libc }),
  };
}
