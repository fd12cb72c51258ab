import { beforeEach, describe, expect, it } from 'vitest';
import { workSteps } from '../../../functions/agents/adapters/work-steps.ts';
import type { StoredEvent } from '../../../functions/contracts/event.ts';
import { sagaIdOf, workIdOf } from '../../../functions/contracts/task-ids.ts';
import { storedEvents } from '../../../functions/shared/platform/log/stored-event.ts';
import { AgentWorld, callOf } from '../../support/agents/memory-agent-world.ts';
import { recovered } from '../../support/agents/work-places.ts';
import { TASK_ID } from '../../support/tasks/task-samples.ts';

const ERROR = { code: 'BROKEN', message: 'It broke.' };

let world: AgentWorld;
let said: unknown[];
beforeEach(async () => {
  world = new AgentWorld();
  said = [];
  await world.register('agent_1');
  await world.offer();
});

/** Delivers one event of the work and answers what it led to. */
async function deliver(which: number): Promise<unknown[]> {
  const { commits } = await world.log.load(workIdOf(TASK_ID));
  said = [];
  const handle = workSteps(world.feature.ports.works, {
    complete: async (step, result) => void said.push({ ...step, result }),
    fail: async (step, error) => void said.push({ ...step, error }),
  });
  await handle(commits.flatMap(storedEvents).at(which) as StoredEvent);
  return said;
}

const sagaId = sagaIdOf(TASK_ID);
const taken = (leaseId: string) => ({ sagaId, stepId: 'assign', result: { leaseId, agentId: 'agent_1' } });

describe('the steps of a saga that wait for agents', () => {
  it('go on waiting while the work only waits', async () => {
    expect(await deliver(0)).toEqual([]);
  });

  it('hear that an agent has taken it', async () => {
    const { leaseId } = await world.claimed('agent_1');
    expect(await deliver(-1)).toEqual([taken(leaseId)]);
  });

  it('hear so although the work has come back meanwhile', async () => {
    const { leaseId } = await world.claimed('agent_1');
    await recovered(world);
    expect(await deliver(1)).toEqual([taken(leaseId)]);
  });

  it.each([0, 1, 2])('hear that it is done, and by whom, whichever event comes first (%i)', async (which) => {
    const lease = await world.claimed('agent_1');
    await world.feature.leases.complete(callOf(lease), { summary: '', files: [] });
    const { leaseId } = lease;
    expect(await deliver(which)).toEqual([taken(leaseId), { sagaId, stepId: 'execute', result: { leaseId } }]);
  });

  it.each([0, 1, 2])('hear that it failed, and why, whichever event comes first (%i)', async (which) => {
    const lease = await world.claimed('agent_1');
    await world.feature.leases.fail(callOf(lease), { error: ERROR, retryable: false });
    expect(await deliver(which)).toEqual([taken(lease.leaseId), { sagaId, stepId: 'execute', error: ERROR }]);
  });

  it('hear nothing of what the saga itself has withdrawn', async () => {
    await world.claimed('agent_1');
    await world.release();
    for (const which of [0, 1, 2]) expect(await deliver(which)).toEqual([]);
  });

  it('hear nothing of work that was withdrawn before it was offered', async () => {
    world = new AgentWorld();
    await world.release();
    expect(await deliver(0)).toEqual([]);
  });
});
