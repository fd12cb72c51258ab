import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { endGroup, isAlive, processRef } from '../../../local/process/processes.ts';

/** A leader of its own group with one child in it; both ignore SIGTERM if told so. */
async function family(stubborn: boolean) {
  const stay = `${stubborn ? "process.on('SIGTERM', () => {});" : ''} setInterval(() => {}, 1000);`;
  const child = `const c = require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(stay)}, 'marked']); console.log(c.pid);`;
  const leader = spawn(process.execPath, ['-e', `${child} ${stay}`], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(leader.stdout, 'data');
  return { leader: ref(leader.pid), child: ref(Number(line)) };
}

function ref(pid: number | undefined) {
  const found = processRef(pid ?? 0);
  if (!found) throw new Error(`There is no process ${pid}.`);
  return found;
}

describe('a process', () => {
  it('is known by its id and its start', () => {
    const own = ref(process.pid);
    expect(isAlive(own)).toBe(true);
    expect(isAlive({ ...own, start: 'another start' })).toBe(false);
    expect(processRef(2 ** 30)).toBeUndefined();
  });
});

describe('ending a group', () => {
  it('ends the leader and what it started', async () => {
    const { leader, child } = await family(false);
    await endGroup(leader);
    expect([isAlive(leader), isAlive(child)]).toEqual([false, false]);
  });

  it('ends what does not listen after 5 s', { timeout: 20_000 }, async () => {
    const { leader, child } = await family(true);
    await endGroup(leader);
    expect([isAlive(leader), isAlive(child)]).toEqual([false, false]);
  });

  it('finds the rest by its mark where the leader has gone', async () => {
    const { leader, child } = await family(false);
    process.kill(leader.pid, 'SIGKILL');
    await expect.poll(() => isAlive(leader)).toBe(false);
    await endGroup(leader);
    expect(isAlive(child)).toBe(true);
    await endGroup(leader, 'marked');
    expect(isAlive(child)).toBe(false);
  });

  it('leaves a process alone that has the id of a leader of the past', async () => {
    const { leader, child } = await family(false);
    await endGroup({ ...leader, start: 'another start' });
    expect([isAlive(leader), isAlive(child)]).toEqual([true, true]);
    await endGroup(leader);
  });
});
