import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { EventLog } from '../../../functions/shared/platform/log/event-log.ts';
import { AgentWorld, LEASE_SECONDS } from '../../support/agents/memory-agent-world.ts';
import { assertInPlace, eventsOf, recovered, workOf } from '../../support/agents/work-places.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import { TASK_ID } from '../../support/tasks/task-samples.ts';

const task = (number: number) => TASK_ID.replace(/\d$/, String(number));

const lines = captureLogLines();
let world: AgentWorld;
beforeEach(async () => {
  world = new AgentWorld();
  await world.register('agent_1');
});

describe('a claim', () => {
  it('gives a lease on the work that waits, and says so in the log', async () => {
    await world.offer();
    const lease = await world.claimed('agent_1');
    expect(lease).toMatchObject({
      leaseId: expect.stringMatching(/^lease_[0-9A-Z]{26}$/),
      agentId: 'agent_1',
      work: { taskId: TASK_ID },
      leaseUntil: '2026-08-19T10:01:00.000Z',
    });
    const { leaseId, agentId } = lease;
    expect((await eventsOf(world.log, TASK_ID)).at(-1)).toMatchObject({
      type: 'WorkLeased',
      data: { leaseId, agentId },
    });
    expect(world.state.all().queued).toEqual([]);
    await assertInPlace(world, [TASK_ID]);
  });

  it('tells the log who asked and by which request, as part of the task’s story', async () => {
    await world.offer();
    await world.claimed('agent_1');
    const { commits } = await world.log.load(TASK_ID.replace('task', 'work'));
    expect(commits.at(-1)?.metadata).toMatchObject({
      correlationId: 'corr_1',
      causationId: 'req_agent_1',
      userId: 'key_1',
    });
  });

  it('gives nothing where nothing waits, and nothing of a type that the agent does not take', async () => {
    expect(await world.claim('agent_1')).toBeUndefined();
    await world.offer(TASK_ID, world.feature, { taskType: 'other' });
    expect(await world.claim('agent_1')).toBeUndefined();
  });

  it('gives the highest priority first, then the oldest, over all types of the agent', async () => {
    await world.register('agent_2', { capabilities: ['a', 'b'], maxConcurrency: 9 });
    const offers = [
      { taskType: 'a', priority: 5, createdAt: '2026-08-19T09:00:02.000Z' },
      { taskType: 'b', priority: 5, createdAt: '2026-08-19T09:00:01.000Z' },
      { taskType: 'a', priority: 0, createdAt: '2026-08-19T09:00:00.000Z' },
      { taskType: 'b', priority: 9, createdAt: '2026-08-19T09:00:03.000Z' },
    ];
    for (const [index, fields] of offers.entries()) await world.offer(task(index), world.feature, fields);
    const order = [];
    for (let at = 0; at < 4; at += 1) order.push((await world.claimed('agent_2')).work.taskId);
    expect(order).toEqual([task(3), task(1), task(0), task(2)]);
  });

  it('gives an agent no more than it can hold at a time, and more when its hands are free', async () => {
    await world.offer(task(1));
    await world.offer(task(2));
    const lease = await world.claimed('agent_1');
    expect(await world.claim('agent_1')).toBeUndefined();
    const call = { leaseId: lease.leaseId, keyId: 'key_1', requestId: 'req_1' };
    await world.feature.leases.complete(call, { summary: '', files: [] });
    expect((await world.claimed('agent_1')).work.taskId).toBe(task(2));
  });

  it('gives each of many works to one of many agents', async () => {
    const agents = Array.from({ length: 8 }, (_, index) => `agent_${index + 10}`);
    for (const agent of agents) await world.register(agent);
    const tasks = [1, 2, 3, 4, 5].map(task);
    for (const taskId of tasks) await world.offer(taskId);
    const leases = await Promise.all(agents.map((agent) => world.claim(agent)));
    expect(leases.flatMap((lease) => (lease === undefined ? [] : [lease.work.taskId])).sort()).toEqual(tasks);
    await assertInPlace(world, tasks);
  });

  it('steps over rows of work that is gone, however many, and takes them away', async () => {
    for (let index = 0; index < 30; index += 1) {
      const work = { taskType: 'code_generation', priority: 9, createdAt: '2026-08-19T09:00:00.000Z', round: 0 };
      await world.state.enqueue({ taskId: `task_gone_${index}`, ...work });
    }
    await world.offer();
    expect((await world.claimed('agent_1')).work.taskId).toBe(TASK_ID);
    expect(world.state.all().queued).toEqual([]);
  });

  it('takes over what another agent was lost over', async () => {
    await world.register('agent_2');
    await world.offer();
    const lost = await world.claimed('agent_1');
    world.pass(LEASE_SECONDS);
    const lease = await world.claimed('agent_2');
    expect(lease.leaseId).not.toBe(lost.leaseId);
    expect((await eventsOf(world.log, TASK_ID)).map(({ type }) => type)).toEqual([
      'WorkOffered',
      'WorkLeased',
      'WorkReturned',
      'WorkLeased',
    ]);
    await assertInPlace(world, [TASK_ID]);
  });

  it('is answered although a lost lease of another cannot be ended now', async () => {
    await world.register('agent_2');
    await world.offer(task(1));
    await world.claimed('agent_1');
    await world.offer(task(2));
    world.pass(LEASE_SECONDS);
    const markLost = vi.spyOn(world.state, 'markLost').mockRejectedValue(new Error('the table is slow'));
    const { leases } = world.over(world);
    const lease = await leases.claim({ agentId: 'agent_2', keyId: 'key_1', requestId: 'req_1', waitMs: 0 });
    expect([lease?.work.taskId, markLost.mock.calls.length]).toEqual([task(2), 1]);
  });

  it('steps over work that cannot be read, and says so; where nothing else is to be had it is an error', async () => {
    await world.offer(task(1));
    const load = vi.fn((id: string) =>
      id === task(1).replace('task', 'work') ? Promise.reject(new Error('unknown event')) : world.log.load(id),
    );
    const { leases } = world.over({ log: { ...world.log, load }, state: world.state, wake: world.wake });
    const claim = () => leases.claim({ agentId: 'agent_1', keyId: 'key_1', requestId: 'req_1', waitMs: 0 });
    await expect(claim()).rejects.toThrow('unknown event');
    await world.offer(task(2));
    expect((await claim())?.work.taskId).toBe(task(2));
    expect(lines.text()).toContain('Work could not be taken');
  });

  it('that was overtaken by the end of its own lease leaves the work to others', async () => {
    await world.offer();
    let late = 0;
    // The process stands still before it asks the log, for longer than its lease lasts; meanwhile the sweep comes by.
    const log: EventLog = {
      load: world.log.load,
      async append(stream, commit) {
        if (commit.events[0]?.type === 'WorkLeased' && late === 0) {
          late += 1;
          await recovered(world);
        }
        return world.log.append(stream, commit);
      },
    };
    const { leases } = world.over({ log, state: world.state, wake: world.wake });
    const lease = await leases.claim({ agentId: 'agent_1', keyId: 'key_1', requestId: 'req_1', waitMs: 0 });
    expect([late, lease?.work.round]).toEqual([1, 1]);
    expect(await workOf(world, TASK_ID)).toMatchObject({ status: 'leased', lease: { leaseId: lease?.leaseId } });
    await assertInPlace(world, [TASK_ID]);
  });

  it('shows that the agent is there', async () => {
    world.pass(5);
    await world.claim('agent_1');
    expect(await world.state.findAgent('agent_1')).toMatchObject({ lastSeenAt: world.now() });
  });

  it.each([
    ['an agent that there is not', { agentId: 'agent_0', keyId: 'key_1' }],
    ['another key’s agent', { agentId: 'agent_1', keyId: 'key_2' }],
  ])('for %s is refused as unknown', async (_what, who) => {
    const wish = { ...who, requestId: 'req_1', waitMs: 0 };
    await expect(world.feature.leases.claim(wish)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('a claim that waits', () => {
  it('looks again until there is work', async () => {
    let looks = 0;
    const find = world.state.waiting;
    vi.spyOn(world.state, 'waiting').mockImplementation(async (taskType, limit) => {
      looks += 1;
      world.pass(0.5);
      if (looks === 2) await world.offer();
      return find(taskType, limit);
    });
    const wish = { agentId: 'agent_1', keyId: 'key_1', requestId: 'req_1', waitMs: 20_000 };
    const lease = await world.over(world).leases.claim(wish);
    expect([lease?.work.taskId, looks]).toEqual([TASK_ID, 2]);
  });

  it('ends without any when its time is over', async () => {
    vi.spyOn(world.state, 'waiting').mockImplementation(async () => {
      world.pass(0.9);
      return [];
    });
    const wish = { agentId: 'agent_1', keyId: 'key_1', requestId: 'req_1', waitMs: 1000 };
    expect(await world.over(world).leases.claim(wish)).toBeUndefined();
    expect(world.now()).toBe('2026-08-19T10:00:01.800Z');
  });
});
