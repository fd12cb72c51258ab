import { describe, expect, it } from 'vitest';
import { registration } from '../../../functions/agents/adapters/agent-registration.ts';
import type { AgentRecord, AgentState, NewAgent } from '../../../functions/agents/adapters/agent-state.ts';
import type { EventLog } from '../../../functions/shared/platform/log/event-log.ts';
import { newAgent, newLease } from './agent-state-contract.ts';

/** A store of agents with its log, and what an earlier release did in its table. */
export interface OpenedAgents {
  state: Pick<AgentState, 'saveAgent' | 'findAgent' | 'openLease'>;
  log: EventLog;
  /** Leaves a row as an earlier release did, which told the log of no agents. */
  leave(agent: Omit<AgentRecord, 'version'>): Promise<void>;
}

const LATER = '2026-08-19T10:01:00.000Z';
const CAUSE = { correlationId: 'corr_1', causationId: 'req_1' };
const RIVALS = 20;

/** The rules of every store of registrations: an agent and what the log tells of it are there together. Tests may share its tables. */
export function agentRegistrationContract(open: () => Promise<OpenedAgents>): void {
  const fresh = async () => {
    const opened = await open();
    const { state, log } = opened;
    const agent = newAgent();
    const { agentId } = agent;
    /** As somebody registers it who has seen the row at this version. */
    const register = async (fields: Partial<NewAgent>, seen: number, by = 'cmd_1') => {
      const stream = await log.load(agentId);
      return state.saveAgent(registration({ ...agent, ...fields }, by, CAUSE, { seen, stream }));
    };
    const registerNew = (by = 'cmd_1') => state.saveAgent(registration(agent, by, CAUSE));
    const found = () => state.findAgent(agentId);
    const told = async () => (await log.load(agentId)).commits.flatMap(({ events }) => events.map(({ data }) => data));
    const rivals = (act: (rival: number) => Promise<boolean>) =>
      Promise.all(Array.from({ length: RIVALS }, (_, rival) => act(rival)));
    return { ...opened, agent, register, registerNew, found, told, rivals };
  };
  const dataOf = ({ name, capabilities, maxConcurrency }: NewAgent) => ({ name, capabilities, maxConcurrency });

  describe('a registration', () => {
    it('is there as it was said, with nothing in hand, and its event is its history', async () => {
      const { agent, registerNew, found, log } = await fresh();
      expect(await found()).toBeUndefined();
      expect(await registerNew()).toBe(true);
      expect(await found()).toEqual({ ...agent, activeTasks: 0, version: 1 });
      const { commits } = await log.load(agent.agentId);
      expect(commits).toEqual([
        {
          ...{
            aggregateId: agent.agentId,
            version: 1,
            lastVersion: 1,
            commitId: 'cmd_1',
            committedAt: agent.lastSeenAt,
          },
          position: expect.stringMatching(new RegExp(`Z_${agent.agentId}_000000001$`)),
          events: [{ type: 'AgentRegistered', data: dataOf(agent) }],
          metadata: { ...CAUSE, userId: agent.keyId, traceId: expect.any(String) },
        },
      ]);
    });

    it('that comes again changes nothing and is told once', async () => {
      const { agent, registerNew, register, found, told } = await fresh();
      await registerNew();
      expect(await registerNew()).toBe(false);
      expect(await register({ name: 'another', lastSeenAt: LATER }, 0, 'cmd_2')).toBe(false);
      expect(await found()).toEqual({ ...agent, activeTasks: 0, version: 1 });
      expect(await told()).toEqual([dataOf(agent)]);
    });

    it('of an agent that is there says the new, and keeps its count and its beginning', async () => {
      const { agent, registerNew, register, found, told, state } = await fresh();
      await registerNew();
      expect(await state.openLease(newLease(agent))).toBe(true);
      const more = { name: 'another', capabilities: ['b'], maxConcurrency: 2, lastSeenAt: LATER };
      expect(await register({ ...more, createdAt: LATER }, 1)).toBe(true);
      expect(await found()).toEqual({ ...agent, ...more, activeTasks: 1, version: 2 });
      expect(await told()).toEqual([dataOf(agent), dataOf({ ...agent, ...more })]);
    });

    it('of an agent of an earlier release is its first, and keeps its count and its beginning', async () => {
      const { agent, register, found, told, leave } = await fresh();
      await leave({ ...agent, activeTasks: 1 });
      expect(await found()).toEqual({ ...agent, activeTasks: 1, version: 0 });
      expect(await register({ lastSeenAt: LATER, createdAt: LATER }, 0)).toBe(true);
      expect(await found()).toEqual({ ...agent, lastSeenAt: LATER, activeTasks: 1, version: 1 });
      expect(await told()).toEqual([dataOf(agent)]);
    });

    it('that looked at an older row leaves nothing in the log', async () => {
      const { agent, registerNew, register, found, told } = await fresh();
      await registerNew();
      await register({ name: 'second' }, 1);
      expect(await register({ name: 'third' }, 1)).toBe(false);
      expect(await register({ name: 'third' }, 0)).toBe(false);
      expect(await found()).toMatchObject({ name: 'second', version: 2 });
      expect(await told()).toEqual([dataOf(agent), dataOf({ ...agent, name: 'second' })]);
    });

    it('whose place in the log is taken leaves no row, nor changes one', async () => {
      const { agent, registerNew, register, found, log, state } = await fresh();
      const metadata = { correlationId: 'corr_2', traceId: 't' };
      const other = { commitId: 'cmd_0', committedAt: LATER, events: [{ type: 'Other', data: {} }], metadata };
      await log.append(await log.load(agent.agentId), other);
      expect(await registerNew()).toBe(false);
      expect(await found()).toBeUndefined();
      expect(await register({}, 0)).toBe(true);
      const before = { seen: 2, stream: { aggregateId: agent.agentId, version: 1, commits: [] } };
      const late = registration({ ...agent, name: 'late' }, 'cmd_3', CAUSE, before);
      expect(await state.saveAgent(late)).toBe(false);
      expect(await found()).toEqual({ ...agent, activeTasks: 0, version: 2 });
    });
  });

  describe(`of ${RIVALS} at once`, () => {
    it('one registers the agent, and it is told once', async () => {
      const { agent, rivals, registerNew, found, told } = await fresh();
      const outcomes = await rivals((rival) => registerNew(`cmd_${rival % 3}`));
      expect(outcomes.filter(Boolean)).toHaveLength(1);
      expect(await found()).toEqual({ ...agent, activeTasks: 0, version: 1 });
      expect(await told()).toEqual([dataOf(agent)]);
    });

    it('one says the new, and it is told once', async () => {
      const { agent, rivals, registerNew, register, found, told } = await fresh();
      await registerNew();
      const outcomes = await rivals((rival) => register({ name: `by ${rival}` }, 1, 'cmd_2'));
      const winner = outcomes.indexOf(true);
      expect(outcomes.filter(Boolean)).toHaveLength(1);
      expect(await found()).toMatchObject({ name: `by ${winner}`, version: 2 });
      expect(await told()).toEqual([dataOf(agent), dataOf({ ...agent, name: `by ${winner}` })]);
    });
  });
}
