import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockHolder, withLock } from '../../../local/cloud/lock.ts';
import { replaceFile, stateText } from '../../../local/cloud/state-file.ts';
import { processRef } from '../../../local/process/processes.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'maos-lock-'));
  file = join(folder, 'state', 'lock.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const hold = (holder: object) => replaceFile(file, stateText(file, { command: 'npm start', ...holder }));
const work = async () => 'done';

describe('a lock', () => {
  it('is there during the work, and free again after it, also after a failure', async () => {
    expect(await withLock(file, 'npm start', async () => lockHolder(file)?.command)).toBe('npm start');
    expect(lockHolder(file)).toBeUndefined();
    const failing = withLock(file, 'npm start', () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    expect(existsSync(file)).toBe(false);
  });

  it('tells the second command in one sentence who is first', async () => {
    hold({ ...processRef(process.pid) });
    const sentence = `"npm start" (process ${process.pid}) is at work in this checkout`;
    await expect(withLock(file, 'npm run up', work)).rejects.toThrow(sentence);
  });

  it.each([
    ['whose holder died', { pid: 2 ** 30, start: 'then' }],
    ['whose holder died and whose id another process has now', { pid: process.pid, start: 'another start' }],
  ])('%s is free', async (_what, holder) => {
    hold(holder);
    expect(await withLock(file, 'npm run up', work)).toBe('done');
  });

  it('is free where it came with a copy of the checkout, whose original is still at work', async () => {
    hold({ ...processRef(process.pid) });
    const copy = join(folder, 'copy');
    cpSync(join(folder, 'state'), copy, { recursive: true });
    expect(await withLock(join(copy, 'lock.json'), 'npm run up', work)).toBe('done');
    expect(lockHolder(file)?.command).toBe('npm start');
  });

  it('is free where it is damaged', async () => {
    replaceFile(file, '{ "folder"');
    expect(await withLock(file, 'npm run up', work)).toBe('done');
  });

  it('lets one in after the other where they wait', async () => {
    let inside = 0;
    const alone = async () => {
      inside += 1;
      await new Promise((resolve) => setTimeout(resolve, 20));
      return inside--;
    };
    const waiting = () => withLock(file, 'a test', alone, () => {});
    expect(await Promise.all([waiting(), waiting(), waiting()])).toEqual([1, 1, 1]);
  });
});
