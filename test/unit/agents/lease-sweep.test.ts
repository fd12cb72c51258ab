import { beforeEach, describe, expect, it, vi } from 'vitest';
import { AgentWorld, callOf, LEASE_SECONDS } from '../../support/agents/memory-agent-world.ts';
import { assertInPlace, eventsOf, workOf } from '../../support/agents/work-places.ts';
import { TASK_ID } from '../../support/tasks/task-samples.ts';

const TASKS = Array.from({ length: 25 }, (_, index) => TASK_ID.replace(/00$/, String(index + 10)));

let world: AgentWorld;
beforeEach(async () => {
  world = new AgentWorld();
  await world.register('agent_1', { maxConcurrency: 100 });
  for (const taskId of TASKS) {
    await world.offer(taskId);
    await world.claimed('agent_1');
  }
});

const waiting = async () => {
  const works = await Promise.all(TASKS.map((taskId) => workOf(world, taskId)));
  return works.filter(({ status }) => status === 'waiting').length;
};

describe('a sweep', () => {
  it('ends every lease that has run out, however many, and wakes agents for their work', async () => {
    world.pass(LEASE_SECONDS);
    await world.feature.sweep();
    expect(await waiting()).toBe(25);
    // Each task once as it came back, and one as the first that waits.
    expect(world.woken.slice(25).sort()).toEqual([...TASKS, TASKS[0]].sort());
    await assertInPlace(world, TASKS);
  });

  it('leaves leases alone that last', async () => {
    world.pass(LEASE_SECONDS - 1);
    const { leases } = world.state.all();
    for (const lease of leases.slice(0, 3)) await world.feature.leases.heartbeat(callOf(lease), {});
    world.pass(1);
    await world.feature.sweep();
    expect(await waiting()).toBe(22);
    await assertInPlace(world, TASKS);
  });

  it('that comes again changes nothing', async () => {
    world.pass(LEASE_SECONDS);
    await world.feature.sweep();
    const before = world.state.all();
    await world.feature.sweep();
    expect(world.state.all()).toEqual(before);
    expect(await eventsOf(world.log, TASKS[0] as string)).toHaveLength(3);
  });

  it('ends all others where some cannot be ended now, and says so', async () => {
    world.pass(LEASE_SECONDS);
    const stuck = new Set(
      world.state
        .all()
        .leases.slice(0, 12)
        .map(({ leaseId }) => leaseId),
    );
    const markLost = world.state.markLost;
    const spy = vi.spyOn(world.state, 'markLost').mockImplementation(async (lease) => {
      if (stuck.has(lease.leaseId)) throw new Error(`${lease.leaseId} is stuck`);
      return markLost(lease);
    });
    await expect(world.over(world).sweep()).rejects.toThrow('is stuck');
    expect([await waiting(), spy.mock.calls.length]).toEqual([13, 25]);
    spy.mockRestore();
    await world.over(world).sweep();
    expect(await waiting()).toBe(25);
    await assertInPlace(world, TASKS);
  });

  it('ends although the index still shows what is settled', async () => {
    world.pass(LEASE_SECONDS);
    const shown = await world.state.expired(world.now(), 100);
    vi.spyOn(world.state, 'expired').mockImplementation(async (_now, limit) => shown.slice(0, limit));
    await world.over(world).sweep();
    expect(await waiting()).toBe(25);
    expect(world.woken).toHaveLength(51);
  });

  it.each(['code_generation', 'simple_task'])(
    'wakes our agent for %s that waits: its call may be lost',
    async (taskType) => {
      world = new AgentWorld();
      await world.offer(TASKS[1], world.feature, { taskType });
      await world.offer(TASKS[0], world.feature, { taskType, priority: 9 });
      world.woken.length = 0;
      await world.feature.sweep();
      expect(world.woken).toEqual([TASKS[0]]);
    },
  );

  it('wakes nobody where nothing waits', async () => {
    world.woken.length = 0;
    await world.feature.sweep();
    expect(world.woken).toEqual([]);
  });
});
