import { beforeEach, describe, expect, it, vi } from 'vitest';
import { registration } from '../../../functions/agents/adapters/agent-registration.ts';
import type { NewAgent } from '../../../functions/agents/adapters/agent-state.ts';
import { registerScaffold } from '../../../functions/agents/adapters/scaffold-record.ts';
import { BUILT_IN_AGENTS } from '../../../functions/contracts/agents.ts';
import { Crash, crashingStores } from '../../support/agents/crashing-stores.ts';
import { memoryAgentState } from '../../support/agents/memory-agent-state.ts';
import { AgentWorld } from '../../support/agents/memory-agent-world.ts';

const CAPABILITIES = BUILT_IN_AGENTS.scaffold;

let world: AgentWorld;
beforeEach(() => {
  world = new AgentWorld();
});

const scaffold = (capabilities: readonly string[]): NewAgent => {
  const [lastSeenAt, createdAt] = [world.now(), world.now()];
  const said = { agentId: 'scaffold', name: 'scaffold', maxConcurrency: 1_000_000, keyId: 'built-in' };
  return { ...said, capabilities, lastSeenAt, createdAt };
};
const commits = async () => (await world.log.load('scaffold')).commits;
const told = async () =>
  (await commits()).flatMap(({ version, events }) =>
    events.map(({ type, data }) => [version, type, (data as { capabilities: string[] }).capabilities]),
  );
const run = () => registerScaffold(world, world.now());

describe('the record of the scaffold agent', () => {
  it('is made with its event, whose cause is whoever asked', async () => {
    await registerScaffold(world, world.now(), { correlationId: 'corr_1', causationId: 'req_1' });
    expect(await world.state.findAgent('scaffold')).toEqual({ ...scaffold(CAPABILITIES), activeTasks: 0, version: 1 });
    const data = { name: 'scaffold', capabilities: CAPABILITIES, maxConcurrency: 1_000_000 };
    expect(await commits()).toMatchObject([
      {
        events: [{ type: 'AgentRegistered', data }],
        metadata: { correlationId: 'corr_1', causationId: 'req_1', userId: 'built-in' },
      },
    ]);
  });

  it('has a correlation of its own where nobody asked', async () => {
    await run();
    const [{ metadata } = { metadata: {} }] = await commits();
    expect(metadata).toMatchObject({ correlationId: expect.stringMatching(/^corr_[0-9A-Z]{26}$/) });
  });

  it('that is right is neither written nor looked for in the log', async () => {
    await run();
    const [saveAgent, load] = [vi.spyOn(world.state, 'saveAgent'), vi.spyOn(world.log, 'load')];
    await run();
    expect([saveAgent.mock.calls, load.mock.calls]).toEqual([[], []]);
  });

  it('of another version is brought to this one, and the log is told', async () => {
    await world.state.saveAgent(registration(scaffold(['old']), 'scaffold:1', { correlationId: 'corr_1' }));
    world.pass(1);
    await run();
    const { createdAt } = await stored();
    expect(createdAt < world.now()).toBe(true);
    expect(await told()).toEqual([
      [1, 'AgentRegistered', ['old']],
      [2, 'AgentRegistered', CAPABILITIES],
    ]);
  });

  it.each([
    ['the same', CAPABILITIES],
    ['other work', ['old']],
  ])('of a release that told the log of no agents is told now: it took %s', async (_, capabilities) => {
    world.state.leave({ ...scaffold(capabilities), activeTasks: 3 });
    await run();
    expect(await stored()).toMatchObject({ capabilities: CAPABILITIES, activeTasks: 3, version: 1 });
    await run();
    expect(await told()).toEqual([[1, 'AgentRegistered', CAPABILITIES]]);
  });

  it('goes on behind a history whose row is gone', async () => {
    await run();
    const state = memoryAgentState(world.log);
    await registerScaffold({ log: world.log, state }, world.now());
    expect(await state.findAgent('scaffold')).toMatchObject({ version: 2 });
    expect((await told()).map(([version]) => version)).toEqual([1, 2]);
  });

  it('is told once where many make it at once', async () => {
    await Promise.all(Array.from({ length: 20 }, run));
    expect(await told()).toEqual([[1, 'AgentRegistered', CAPABILITIES]]);
  });

  it.each(['before', 'after'] as const)('is told once where its maker died %s writing it', async (when) => {
    const { stores, fired } = crashingStores(world, { write: 1, when });
    await expect(registerScaffold(stores, world.now())).rejects.toThrow(Crash);
    expect([fired(), (await told()).length]).toEqual([true, when === 'before' ? 0 : 1]);
    await run();
    expect(await told()).toEqual([[1, 'AgentRegistered', CAPABILITIES]]);
    expect(await stored()).toMatchObject({ version: 1 });
  });
});

async function stored() {
  const agent = await world.state.findAgent('scaffold');
  if (agent === undefined) throw new Error('There is no scaffold agent.');
  return agent;
}
