import { join } from 'node:path';
import { lockHolder, withLock } from './lock.ts';

function lockFile(state: string): string {
  return join(state, 'lock.json');
}

/** Does the work as the only command on the cloud of this state folder; the second one is told who is first. */
export function withCloudLock<T>(state: string, command: string, work: () => Promise<T>): Promise<T> {
  return withLock(lockFile(state), command, work);
}

/** The command that is at work on the cloud of this state folder. */
export function cloudLockHolder(state: string): ReturnType<typeof lockHolder> {
  return lockHolder(lockFile(state));
}
