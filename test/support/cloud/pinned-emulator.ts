import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const REQUIREMENTS = join(import.meta.dirname, '..', '..', '..', 'local', 'setup', 'requirements.txt');

/** The version of the emulator that this checkout installs, such as `1.5.33`. */
export function pinnedVersion(): string {
  const version = /^ministack==(\S+)$/m.exec(readFileSync(REQUIREMENTS, 'utf8'))?.[1];
  if (version === undefined) throw new Error('local/setup/requirements.txt pins no ministack.');
  return version;
}
