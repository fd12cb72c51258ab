import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '..', '..');
/** Programs of the project, Node 24 among them. */
export const BIN = join(ROOT, 'node_modules', '.bin');
/** What `npm start` and `npm run up` keep while they run, and their logs. */
export const STATE = join(ROOT, '.maos');
/** The same for tests, so that they never meet a cloud that somebody works with. */
export const TEST_STATE = join(STATE, 'test');
export const DEMO_FOLDER = join(ROOT, 'maos-demo');
