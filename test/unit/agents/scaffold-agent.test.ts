import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Leases } from '../../../functions/agents/adapters/leases.ts';
import { leases } from '../../../functions/agents/adapters/leases.ts';
import { scaffoldAgent } from '../../../functions/agents/adapters/scaffold-agent.ts';
import * as scaffold from '../../../functions/agents/domain/scaffold.ts';
import { stagedKey } from '../../../functions/contracts/file-keys.ts';
import { AgentWorld, LEASE_SECONDS } from '../../support/agents/memory-agent-world.ts';
import { assertInPlace, eventsOf, recovered, workOf } from '../../support/agents/work-places.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import { TASK_ID } from '../../support/tasks/task-samples.ts';

const sleeps = vi.hoisted(() => ({ all: [] as number[], during: async () => undefined as unknown }));
vi.mock('node:timers/promises', () => ({
  setTimeout: async (ms: number) => {
    sleeps.all.push(ms);
    await sleeps.during();
  },
}));

const OTHER = TASK_ID.replace(/0$/, '1');
const logs = captureLogLines();

let world: AgentWorld;
let held: Leases;
beforeEach(async () => {
  world = new AgentWorld();
  held = world.feature.leases;
  sleeps.all = [];
  sleeps.during = async () => undefined;
  await world.createTask();
});

function wake(taskId = TASK_ID, { holdMs = 0 } = {}): Promise<void> {
  const { works, state, now } = world.feature.ports;
  const work = { taskId, taskType: 'code_generation', priority: 5, createdAt: '2026-08-19T09:59:59.000Z', round: 0 };
  return scaffoldAgent({ log: world.log, works, state, leases: held, holdMs, now })(work);
}

const lastEvent = async (taskId = TASK_ID) => (await eventsOf(world.log, taskId)).at(-1);
const doneOrder = () => [...new Set(world.lines.map(({ taskId }) => taskId))];
const told = () => world.lines.map(({ progress, line }) => [progress, line]);

describe('the scaffold agent', () => {
  it('does the task for which it was woken: its files are there, each with its hash', async () => {
    await world.offer();
    await wake();
    const done = await lastEvent();
    if (done?.type !== 'WorkDone') throw new Error('It is not done.');
    const { leaseId, agentId, files, summary } = done.data;
    expect([agentId, summary]).toEqual(['scaffold', expect.stringMatching(/^Wrote a REST API/)]);
    expect(files.map(({ path }) => path)).toContain('package.json');
    const keys = files.map(({ path }) => stagedKey(TASK_ID, leaseId, path));
    expect([...world.files.stored.keys()].sort()).toEqual(keys.sort());
    await assertInPlace(world, [TASK_ID]);
  });

  it('tells how it goes on, phase by phase', async () => {
    await world.offer();
    await wake();
    const files = world.files.stored.size;
    expect(files).toBeGreaterThan(10);
    expect(told().slice(0, 3)).toEqual([
      [10, 'Took the code_generation task and planned it: from templates, without a model.'],
      [40, `Generated ${files} files.`],
      [expect.any(Number), `Uploaded 5 of ${files} files.`],
    ]);
    expect(told().at(-1)).toEqual([95, `Uploaded ${files} of ${files} files.`]);
    const progress = world.lines.map((line) => line.progress ?? 0);
    expect(progress).toEqual([...progress].sort((one, other) => one - other));
  });

  it('holds the task for a while before it does it, and keeps its lease over that', async () => {
    await world.offer();
    const times: string[] = [];
    sleeps.during = async () => {
      times.push((await workOf(world, TASK_ID)).status);
      world.pass(LEASE_SECONDS - 1);
    };
    await wake(TASK_ID, { holdMs: 2500 });
    expect([sleeps.all, times]).toEqual([
      [1000, 1000, 500],
      ['leased', 'leased', 'leased'],
    ]);
    expect((await workOf(world, TASK_ID)).status).toBe('done');
  });

  it('registers itself, once, and is told apart from agents of keys', async () => {
    await world.offer();
    await wake();
    expect(await world.state.findAgent('scaffold')).toMatchObject({
      name: 'scaffold',
      keyId: 'built-in',
      capabilities: ['code_generation', 'simple_task'],
    });
    const saveAgent = vi.spyOn(world.state, 'saveAgent');
    await wake();
    expect(saveAgent).not.toHaveBeenCalled();
  });

  it('takes the task of its message first, then any that still waits', async () => {
    await world.createTask(OTHER);
    await world.offer(OTHER, world.feature, { createdAt: '2026-08-19T08:00:00.000Z' });
    await world.offer();
    await wake();
    expect(doneOrder()).toEqual([TASK_ID, OTHER]);
  });

  it('takes a more urgent one before it', async () => {
    await world.createTask(OTHER, { type: 'simple_task' });
    await world.offer();
    await world.offer(OTHER, world.feature, { taskType: 'simple_task', priority: 9 });
    await wake();
    expect(doneOrder()).toEqual([OTHER, TASK_ID]);
    expect(world.state.all().queued).toEqual([]);
  });

  it('begins nothing after half a minute, and leaves the rest to other messages', async () => {
    await world.createTask(OTHER);
    await world.offer();
    await world.offer(OTHER);
    sleeps.during = async () => world.pass(30);
    await wake(TASK_ID, { holdMs: 1 });
    expect(doneOrder()).toEqual([TASK_ID]);
    expect((await workOf(world, OTHER)).status).toBe('waiting');
  });

  it('does all of many at once, each message one', async () => {
    const tasks = Array.from({ length: 30 }, (_, index) => TASK_ID.replace(/00$/, String(index + 10)));
    for (const taskId of tasks) {
      await world.createTask(taskId);
      await world.offer(taskId);
    }
    const openLease = vi.spyOn(world.state, 'openLease');
    held = leases(world.over(world).ports);
    await Promise.all(tasks.map((taskId) => wake(taskId)));
    for (const taskId of tasks) expect((await workOf(world, taskId)).status).toBe('done');
    expect(openLease).toHaveBeenCalledTimes(30);
  });

  it('does nothing for a message that comes again', async () => {
    await world.offer();
    await wake();
    const events = await eventsOf(world.log, TASK_ID);
    await wake();
    expect(await eventsOf(world.log, TASK_ID)).toEqual(events);
  });

  it('wants the message again where its task waits and could not be taken', async () => {
    await world.offer();
    held = { ...held, claim: async () => undefined };
    await expect(wake()).rejects.toThrow(`${TASK_ID} waits`);
  });
});

describe('the scaffold agent does not complete', () => {
  it('what it cannot do, and says why', async () => {
    const rust = { type: 'language', value: 'rust' };
    await world.createTask(OTHER, { requirements: [rust] });
    await world.offer(OTHER);
    await wake(OTHER);
    const error = { code: 'UNSUPPORTED_REQUIREMENT', message: expect.stringContaining('rust') };
    expect(await lastEvent(OTHER)).toMatchObject({ type: 'WorkFailed', data: { error } });
    expect(world.files.stored.size).toBe(0);
  });

  it('what was withdrawn while it held it', async () => {
    await world.offer();
    sleeps.during = () => world.release();
    await wake(TASK_ID, { holdMs: 5000 });
    expect(sleeps.all).toEqual([1000]);
    expect(await lastEvent()).toMatchObject({ type: 'WorkWithdrawn' });
    expect(world.files.stored.size).toBe(0);
  });

  it('what was withdrawn while it uploaded', async () => {
    await world.offer();
    const store = world.files.put;
    const put = vi.spyOn(world.files, 'put').mockImplementation(async (at, file) => {
      const staged = await store(at, file);
      if (world.files.stored.size === 5) await world.release();
      return staged;
    });
    await wake();
    expect(put).toHaveBeenCalledTimes(5);
    expect(await lastEvent()).toMatchObject({ type: 'WorkWithdrawn' });
    expect(told().at(-1)).toEqual([expect.any(Number), expect.stringMatching(/^Uploaded 5 of/)]);
  });

  it('what it has lost to another agent meanwhile', async () => {
    await world.offer();
    sleeps.during = async () => {
      await recovered(world);
      await world.register('agent_1');
      await world.claimed('agent_1');
    };
    await wake(TASK_ID, { holdMs: 1000 });
    expect(await workOf(world, TASK_ID)).toMatchObject({ status: 'leased', lease: { agentId: 'agent_1' } });
  });
});

describe('trouble', () => {
  const INTERNAL_ERROR = { code: 'INTERNAL_ERROR', message: 'The scaffold agent failed on our side.' };

  it('in the generator ends the task: another try would end the same way', async () => {
    vi.spyOn(scaffold, 'scaffoldProject').mockImplementation(() => {
      throw new Error('a secret cause');
    });
    await world.offer();
    await wake();
    expect(await workOf(world, TASK_ID)).toMatchObject({ status: 'failed', error: INTERNAL_ERROR });
    expect(logs.entries()).toMatchObject([{ level: 'ERROR', message: 'The generator failed', taskId: TASK_ID }]);
  });

  it('around it gives the task back, up to the third time', async () => {
    vi.spyOn(world.files, 'put').mockRejectedValue(new Error('no room'));
    await world.offer();
    await wake();
    expect(await workOf(world, TASK_ID)).toMatchObject({ status: 'waiting', returns: 1 });
    expect(world.woken).toEqual([TASK_ID, TASK_ID]);
    await wake();
    await wake();
    expect(await workOf(world, TASK_ID)).toMatchObject({ status: 'failed', error: INTERNAL_ERROR });
    expect(logs.entries()).toHaveLength(3);
  });

  it('at the end of its work brings the message again, and the lease runs out', async () => {
    await world.offer();
    held = {
      ...held,
      complete: () => Promise.reject(new Error('a')),
      fail: () => Promise.reject(new Error('b')),
    };
    await expect(wake()).rejects.toThrow('b');
    await recovered(world);
    await assertInPlace(world, [TASK_ID]);
    expect((await workOf(world, TASK_ID)).status).toBe('waiting');
  });
});
