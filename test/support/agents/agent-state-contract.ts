import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { registration } from '../../../functions/agents/adapters/agent-registration.ts';
import type {
  AgentRecord,
  AgentState,
  LeaseRecord,
  NewAgent,
  QueuedWork,
} from '../../../functions/agents/adapters/agent-state.ts';

const NOW = '2026-08-19T10:00:00.000Z';
const LATER = '2026-08-19T10:01:00.000Z';
const LATEST = '2026-08-19T10:02:00.000Z';

/**
 * The rules of every AgentState but those of registrations, which have a suite of their own. Tests may share a table: each has agents,
 * task types and leases of its own.
 */
export function agentStateContract(open: () => Promise<AgentState>): void {
  describe('an agent', () => {
    it('that is seen is not made by that', async () => {
      const state = await open();
      const agent = newAgent();
      await state.seeAgent(agent.agentId, LATER);
      expect(await state.findAgent(agent.agentId)).toBeUndefined();
      await save(state, agent);
      await state.seeAgent(agent.agentId, LATER);
      expect(await state.findAgent(agent.agentId)).toMatchObject({ lastSeenAt: LATER, createdAt: NOW });
    });

    it('is listed, newest first, whatever the pages', async () => {
      const state = await open();
      const year = String(9000 + Math.floor(Math.random() * 999));
      const agents = [3, 1, 2].map((second) => ({ ...newAgent(), createdAt: `${year}-01-01T00:00:0${second}.000Z` }));
      for (const agent of agents) await save(state, agent);
      const mine = async (limit: number) =>
        (await all(state, limit)).filter(({ createdAt }) => createdAt.startsWith(year));
      const seconds = (found: AgentRecord[]) => found.map(({ createdAt }) => createdAt.slice(17, 19));
      for (const limit of [1, 2, 100])
        await expect.poll(async () => seconds(await mine(limit))).toEqual(['03', '02', '01']);
    });

    it.each(['garbage', '!!!', encoded(['agents']), encoded(['agents', '']), encoded(['other', 'a#b'])])(
      'list refuses the cursor %j',
      async (cursor) => {
        const refusal = { code: 'VALIDATION_ERROR', details: [{ path: 'cursor' }] };
        await expect((await open()).listAgents({ limit: 5, cursor })).rejects.toMatchObject(refusal);
      },
    );
  });

  describe('a queue', () => {
    it('gives the highest priority first, then the oldest, and no other type', async () => {
      const state = await open();
      const type = randomUUID();
      const works = [
        newWork({ taskType: type, priority: 5, createdAt: LATER }),
        newWork({ taskType: type, priority: 5, createdAt: NOW }),
        newWork({ taskType: type, priority: 9, createdAt: LATEST }),
        newWork({ taskType: type, priority: 0, createdAt: NOW }),
      ];
      for (const work of [...works, newWork({ taskType: `${type}.b` })]) await state.enqueue(work);
      const order = [works[2], works[1], works[0], works[3]];
      expect(await state.waiting(type, 10)).toEqual(order);
      expect(await state.waiting(type, 2)).toEqual(order.slice(0, 2));
      expect(await state.waiting('nothing', 2)).toEqual([]);
    });

    it.each([
      { there: 1, put: 1, shown: 1 },
      { there: 2, put: 1, shown: 2 },
      { there: 1, put: 2, shown: 2 },
    ])('with round $there shows round $shown after round $put was shown', async ({ there, put, shown }) => {
      const state = await open();
      const work = newWork({ round: there });
      await state.enqueue(work);
      await state.enqueue({ ...work, round: put });
      expect(await state.waiting(work.taskType, 5)).toEqual([{ ...work, round: shown }]);
    });

    it.each([
      { there: 1, taken: 1, left: 0 },
      { there: 2, taken: 1, left: 1 },
      { there: 1, taken: 2, left: 1 },
    ])('with round $there has $left left after round $taken was taken', async ({ there, taken, left }) => {
      const state = await open();
      const work = newWork({ round: there });
      await state.enqueue(work);
      await state.dequeue({ ...work, round: taken });
      await state.dequeue({ ...work, round: taken });
      expect(await state.waiting(work.taskType, 5)).toHaveLength(left);
    });
  });

  describe('a lease', () => {
    it('is counted at its agent while it is open, and comes back as it was', async () => {
      const { state, agent, lease } = await busy();
      expect(await state.findLease(lease.leaseId)).toEqual(lease);
      expect(await state.findLease(randomUUID())).toBeUndefined();
      expect(await activeTasks(state, agent)).toBe(1);
      await state.closeLease(lease, { cancelled: false });
      expect(await state.findLease(lease.leaseId)).toEqual({ ...lease, open: false });
      expect(await activeTasks(state, agent)).toBe(0);
    });

    it('is not opened for an agent that has its hands full, or that there is not', async () => {
      const { state, agent } = await busy();
      const second = newLease(agent);
      expect(await state.openLease(second)).toBe(false);
      expect(await state.openLease(newLease(newAgent()))).toBe(false);
      expect(await state.findLease(second.leaseId)).toBeUndefined();
      expect(await activeTasks(state, agent)).toBe(1);
    });

    it('is opened by as many of many as the agent has hands', async () => {
      const state = await open();
      const agent = await save(state, { ...newAgent(), maxConcurrency: 3 });
      const outcomes = await Promise.all(Array.from({ length: 8 }, () => state.openLease(newLease(agent))));
      expect(outcomes.filter(Boolean)).toHaveLength(3);
      expect(await activeTasks(state, agent)).toBe(3);
    });

    it('is closed once, however often and by whomever', async () => {
      const { state, agent, lease } = await busy();
      const closings = [false, true, false].map((cancelled) => state.closeLease(lease, { cancelled }));
      await Promise.all(closings);
      await state.closeLease(lease, { cancelled: true });
      expect(await activeTasks(state, agent)).toBe(0);
    });

    it('is prolonged by its own key, while it lasts', async () => {
      const { state, lease } = await busy();
      expect(await state.prolong({ ...lease, keyId: 'key_2' }, NOW, LATEST)).toBeUndefined();
      expect(await state.prolong({ ...lease, leaseId: 'lease_0' }, NOW, LATEST)).toBeUndefined();
      expect(await state.prolong(lease, LATER, LATEST)).toBeUndefined();
      expect(await state.prolong(lease, NOW, LATEST)).toEqual({ ...lease, leaseUntil: LATEST });
      expect(await state.findLease(lease.leaseId)).toEqual({ ...lease, leaseUntil: LATEST });
    });

    it('that is closed is prolonged only where it was cancelled, so that its agent hears of that', async () => {
      const [closed, cancelled] = [await busy(), await busy()];
      await closed.state.closeLease(closed.lease, { cancelled: false });
      await cancelled.state.closeLease(cancelled.lease, { cancelled: true });
      expect(await closed.state.prolong(closed.lease, NOW, LATEST)).toBeUndefined();
      expect(await cancelled.state.prolong(cancelled.lease, NOW, LATEST)).toMatchObject({
        open: false,
        cancelled: true,
      });
    });

    it('that was found lost is prolonged by nobody, and may be found so again', async () => {
      const { state, lease } = await busy();
      expect(await state.markLost(lease)).toBe(true);
      expect(await state.markLost(lease)).toBe(true);
      expect(await state.prolong(lease, NOW, LATEST)).toBeUndefined();
      expect(await state.findLease(lease.leaseId)).toEqual({ ...lease, lost: true });
    });

    it('is not lost where a heartbeat was faster, nor where it is closed', async () => {
      const { state, lease } = await busy();
      const prolonged = (await state.prolong(lease, NOW, LATEST)) as LeaseRecord;
      expect(await state.markLost(lease)).toBe(false);
      await state.closeLease(lease, { cancelled: false });
      expect(await state.markLost(prolonged)).toBe(false);
    });

    it('is found when it has run out, until it is closed', async () => {
      const { state, lease } = await busy();
      const isFound = async (now: string) =>
        (await state.expired(now, 1000)).some(({ leaseId }) => leaseId === lease.leaseId);
      expect(await isFound(NOW)).toBe(false);
      await expect.poll(() => isFound(LATER)).toBe(true);
      await state.markLost(lease);
      expect(await isFound(LATER)).toBe(true);
      await state.closeLease(lease, { cancelled: false });
      await expect.poll(() => isFound(LATEST)).toBe(false);
    });
  });

  /** An agent with one hand, and a lease in it. */
  async function busy() {
    const state = await open();
    const agent = await save(state, newAgent());
    const lease = newLease(agent);
    expect(await state.openLease(lease)).toBe(true);
    return { state, agent, lease };
  }
}

async function save(state: AgentState, agent: NewAgent): Promise<NewAgent> {
  expect(await state.saveAgent(registration(agent, 'cmd_1', { correlationId: 'corr_1' }))).toBe(true);
  return agent;
}

export function newAgent(): NewAgent {
  const said = { name: 'an agent', capabilities: ['a'], maxConcurrency: 1, keyId: 'key_1' };
  return { agentId: `agent_${randomUUID()}`, ...said, lastSeenAt: NOW, createdAt: NOW };
}

function newWork(fields: Partial<QueuedWork> = {}): QueuedWork {
  const work = { taskId: `task_${randomUUID()}`, taskType: randomUUID(), priority: 5, createdAt: NOW, round: 0 };
  return { ...work, ...fields };
}

export function newLease({ agentId, keyId }: Pick<AgentRecord, 'agentId' | 'keyId'>): LeaseRecord {
  const flags = { open: true, lost: false, cancelled: false };
  return { leaseId: `lease_${randomUUID()}`, agentId, keyId, work: newWork(), leaseUntil: LATER, ...flags };
}

async function activeTasks(state: AgentState, { agentId }: Pick<AgentRecord, 'agentId'>) {
  return (await state.findAgent(agentId))?.activeTasks;
}

async function all(state: AgentState, limit: number): Promise<AgentRecord[]> {
  const found: AgentRecord[] = [];
  let cursor: string | undefined;
  do {
    const page: Awaited<ReturnType<AgentState['listAgents']>> = await state.listAgents({ limit, cursor });
    found.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return found;
}

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
