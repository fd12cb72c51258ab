import { beforeEach, describe, expect, it } from 'vitest';
import { sagaIdOf } from '../../../functions/contracts/task-ids.ts';
import { LATER } from '../../../functions/shared/platform/sagas/saga-service.ts';
import { AgentWorld, callOf, contextOf } from '../../support/agents/memory-agent-world.ts';
import { eventsOf, recovered, workOf } from '../../support/agents/work-places.ts';
import { TASK_ID } from '../../support/tasks/task-samples.ts';

let world: AgentWorld;
beforeEach(async () => {
  world = new AgentWorld();
  await world.register('agent_1');
});

const service = () => world.feature.service;
const execute = async () => service().execute?.run({}, contextOf(TASK_ID, 'execute'));
const typesOf = async () => (await eventsOf(world.log, TASK_ID)).map(({ type }) => type);
const input = { taskId: TASK_ID, taskType: 'code_generation', priority: 5, createdAt: '2026-08-19T09:59:59.000Z' };
const abandon = () => service().assign?.abandon?.(input, contextOf(TASK_ID, 'assign'));

describe('assign', () => {
  it('offers the work, shows it to agents, wakes ours, and answers later', async () => {
    expect(await world.offer()).toBe(LATER);
    const offer = { taskId: TASK_ID, sagaId: sagaIdOf(TASK_ID), taskType: 'code_generation', priority: 5 };
    expect(await eventsOf(world.log, TASK_ID)).toMatchObject([
      { type: 'WorkOffered', data: offer, correlationId: 'corr_1' },
    ]);
    expect(world.state.all().queued).toEqual([{ ...input, round: 0 }]);
    expect(world.woken).toEqual([TASK_ID]);
  });

  it('called again, offers nothing twice', async () => {
    await world.offer();
    expect(await world.offer()).toBe(LATER);
    expect(await typesOf()).toEqual(['WorkOffered']);
    expect(world.state.all().queued).toHaveLength(1);
  });

  it('called again, shows work that the first call had no time to show', async () => {
    await world.offer();
    await world.state.dequeue({ ...input, round: 0 });
    await world.offer();
    expect(world.state.all().queued).toEqual([{ ...input, round: 0 }]);
  });

  it('called again when an agent has the work, or had it and is done, answers who, and shows it to nobody', async () => {
    await world.offer();
    const lease = await world.claimed('agent_1');
    const who = { leaseId: lease.leaseId, agentId: 'agent_1' };
    expect(await world.offer()).toEqual(who);
    await world.feature.leases.complete(callOf(lease), { summary: '', files: [] });
    expect(await world.offer()).toEqual(who);
    expect(world.state.all().queued).toEqual([]);
    expect(await typesOf()).toEqual(['WorkOffered', 'WorkLeased', 'WorkDone']);
  });

  it('that comes after it was given up offers nothing', async () => {
    await abandon();
    await expect(world.offer()).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await typesOf()).toEqual(['WorkWithdrawn']);
    expect(world.state.all().queued).toEqual([]);
  });

  it('refuses a saga that does not say what work it is', async () => {
    await expect(world.offer(TASK_ID, world.feature, { priority: '5' })).rejects.toThrow('what work it is');
    await expect(world.offer(TASK_ID, world.feature, { taskType: 7 })).rejects.toThrow('what work it is');
  });
});

describe.each([
  ['release', () => world.release()],
  ['assign, given up,', abandon],
])('%s', (_name, withdraw) => {
  it('takes work that waits out of its queue', async () => {
    await world.offer();
    await withdraw();
    expect(await typesOf()).toEqual(['WorkOffered', 'WorkWithdrawn']);
    expect(world.state.all().queued).toEqual([]);
    expect(world.cleared).toEqual([TASK_ID]);
  });

  it('takes work that waits again out of its queue', async () => {
    await world.offer();
    await world.claimed('agent_1');
    await recovered(world);
    await withdraw();
    expect(world.state.all().queued).toEqual([]);
  });

  it('frees the agent that holds it, and tells it', async () => {
    await world.offer();
    const lease = await world.claimed('agent_1');
    await withdraw();
    expect(await world.state.findAgent('agent_1')).toMatchObject({ activeTasks: 0 });
    expect(await world.feature.leases.heartbeat(callOf(lease), {})).toMatchObject({ cancelled: true });
  });

  it('called again, changes nothing', async () => {
    await world.offer();
    await world.claimed('agent_1');
    await withdraw();
    const before = world.state.all();
    await withdraw();
    expect(world.state.all()).toEqual(before);
    expect(await typesOf()).toEqual(['WorkOffered', 'WorkLeased', 'WorkWithdrawn']);
  });

  it('leaves work that has ended as it is, and removes what was uploaded for it', async () => {
    await world.offer();
    await world.feature.leases.complete(callOf(await world.claimed('agent_1')), { summary: '', files: [] });
    await withdraw();
    expect((await workOf(world, TASK_ID)).status).toBe('done');
    expect(world.cleared).toEqual([TASK_ID]);
  });
});

it('release answers with nothing to keep', async () => {
  await world.offer();
  expect(await world.release()).toEqual({});
});

describe('execute', () => {
  it('waits for as long as the work is not done', async () => {
    await world.offer();
    expect(await execute()).toBe(LATER);
    await world.claimed('agent_1');
    expect(await execute()).toBe(LATER);
  });

  it('answers which lease has done it', async () => {
    await world.offer();
    const lease = await world.claimed('agent_1');
    await world.feature.leases.complete(callOf(lease), { summary: '', files: [] });
    expect(await execute()).toEqual({ leaseId: lease.leaseId });
  });

  it('fails with the agent’s own error', async () => {
    await world.offer();
    const error = { code: 'DISK_FULL', message: 'No space left.' };
    await world.feature.leases.fail(callOf(await world.claimed('agent_1')), { error, retryable: false });
    await expect(execute()).rejects.toMatchObject({ ...error, name: 'DISK_FULL', retryable: false });
  });

  it('is refused where nobody is to do it', async () => {
    await expect(execute()).rejects.toMatchObject({ code: 'CONFLICT' });
    await world.offer();
    await world.release();
    await expect(execute()).rejects.toMatchObject({ code: 'CONFLICT' });
  });
});
