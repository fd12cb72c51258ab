import { describe, expect, it } from 'vitest';
import type { LeaseRecord } from '../../../functions/agents/adapters/agent-state.ts';
import { Crash, crashingStores } from '../../support/agents/crashing-stores.ts';
import type { AgentFeature } from '../../support/agents/memory-agent-world.ts';
import { AgentWorld, callOf, LEASE_SECONDS } from '../../support/agents/memory-agent-world.ts';
import { assertInPlace, drained, recovered, workOf } from '../../support/agents/work-places.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import { TASK_ID } from '../../support/tasks/task-samples.ts';

captureLogLines();

const OTHER = TASK_ID.replace(/0$/, '1');
const ERROR = { code: 'BROKEN', message: 'It broke.' };

interface Story {
  /** What has happened before. */
  before(world: AgentWorld): Promise<LeaseRecord | undefined>;
  /** What the process dies over. */
  run(feature: AgentFeature, world: AgentWorld, lease: LeaseRecord): Promise<unknown>;
  /** Step Functions calls a step again whose function died; nobody does so for an agent. */
  again: boolean;
  /** How the work may stand after everything that waits is done. */
  ends: string[];
}

const offeredOnly = async (world: AgentWorld) => {
  await world.offer();
  return undefined;
};
const leased = async (world: AgentWorld) => {
  await world.offer();
  return world.claimed('agent_1');
};
const runOut = async (world: AgentWorld) => {
  const lease = await leased(world);
  world.pass(LEASE_SECONDS + 1);
  return lease;
};
/** By its third agent, the last that it gets. */
const leasedThrice = async (world: AgentWorld) => {
  await leased(world);
  await recovered(world);
  await world.claimed('agent_1');
  await recovered(world);
  return world.claimed('agent_1');
};

const STORIES: Record<string, Story> = {
  'an offer': {
    before: async () => undefined,
    run: (feature, world) => world.offer(TASK_ID, feature),
    again: true,
    ends: ['done'],
  },
  'a claim': {
    before: offeredOnly,
    run: (feature, world) => world.claim('agent_1', feature),
    again: false,
    ends: ['done'],
  },
  'a claim that takes back what another agent was lost over': {
    before: runOut,
    run: (feature, world) => world.claim('agent_2', feature),
    again: false,
    ends: ['done'],
  },
  'a heartbeat': {
    before: leased,
    run: ({ leases }, _, lease) => leases.heartbeat(callOf(lease), { progress: 1 }),
    again: false,
    ends: ['done'],
  },
  'a heartbeat that comes too late': {
    before: runOut,
    run: async ({ leases }, _, lease) => {
      await expect(leases.heartbeat(callOf(lease), {})).rejects.toMatchObject({ code: 'CONFLICT' });
    },
    again: false,
    ends: ['done'],
  },
  'a completion': {
    before: leased,
    run: ({ leases }, _, lease) => leases.complete(callOf(lease), { summary: '', files: [] }),
    again: false,
    ends: ['done'],
  },
  'a failure': {
    before: leased,
    run: ({ leases }, _, lease) => leases.fail(callOf(lease), { error: ERROR, retryable: false }),
    again: false,
    ends: ['failed', 'done'],
  },
  'a failure that another agent may mend': {
    before: leased,
    run: ({ leases }, _, lease) => leases.fail(callOf(lease), { error: ERROR, retryable: true }),
    again: false,
    ends: ['done'],
  },
  'the third failure that another agent might have mended': {
    before: leasedThrice,
    run: ({ leases }, _, lease) => leases.fail(callOf(lease), { error: ERROR, retryable: true }),
    again: false,
    ends: ['failed'],
  },
  'a sweep': { before: runOut, run: ({ sweep }) => sweep(), again: false, ends: ['done'] },
  'a sweep over the third agent that is lost': {
    before: async (world) => {
      const lease = await leasedThrice(world);
      world.pass(LEASE_SECONDS + 1);
      return lease;
    },
    run: ({ sweep }) => sweep(),
    again: false,
    ends: ['failed'],
  },
  'a withdrawal of work that waits': {
    before: offeredOnly,
    run: (feature, world) => world.release(TASK_ID, feature),
    again: true,
    ends: ['withdrawn'],
  },
  'a withdrawal of work that an agent holds': {
    before: leased,
    run: (feature, world) => world.release(TASK_ID, feature),
    again: true,
    ends: ['withdrawn'],
  },
};

async function prepared({ before }: Story) {
  const world = new AgentWorld();
  await world.register('agent_1');
  await world.register('agent_2');
  const lease = (await before(world)) as LeaseRecord;
  return { world, lease };
}

/** Runs the story to its death. `false`: it made fewer writes, and ended well. */
async function died(story: Story, write: number, when: 'before' | 'after') {
  const { world, lease } = await prepared(story);
  const { stores, fired } = crashingStores(world, { write, when });
  // What a dead process would have answered, nobody hears.
  await story.run(world.over(stores), world, lease).catch(() => undefined);
  return { world, lease, fired: fired() };
}

/** However far the dead process came: the work is found again, and the next agent does it. */
async function mended(story: Story, { world, lease }: { world: AgentWorld; lease: LeaseRecord }) {
  if (story.again) await story.run(world.feature, world, lease);
  await recovered(world);
  await assertInPlace(world, [TASK_ID]);
  const work = await workOf(world, TASK_ID);
  if (work.status === 'waiting') expect(world.woken.length).toBeGreaterThan(work.returns);
  // A second task shows that the agents have their hands free again.
  await world.offer(OTHER);
  expect(await drained(world)).toContain(OTHER);
  expect(story.ends).toContain((await workOf(world, TASK_ID)).status);
}

describe.each(Object.entries(STORIES))('after a death in the middle of %s', (_name, story) => {
  it.each(['before', 'after'] as const)(
    '%s any of its writes, nothing is lost and nothing counted twice',
    async (when) => {
      let deaths = 0;
      for (;;) {
        const death = await died(story, deaths + 1, when);
        await mended(story, death);
        if (!death.fired) break;
        deaths += 1;
      }
      // A story without a death has tested nothing.
      expect(deaths).toBeGreaterThan(0);
    },
  );
});

it('a dead process writes nothing any more', async () => {
  const world = new AgentWorld();
  const { stores, fired } = crashingStores(world, { write: 1, when: 'after' });
  const work = { taskId: 'a', taskType: 'b', priority: 5, createdAt: world.now(), round: 0 };
  await expect(stores.wake(work)).rejects.toThrow(Crash);
  await expect(stores.wake({ ...work, taskId: 'c' })).rejects.toThrow(Crash);
  expect([fired(), world.woken]).toEqual([true, ['a']]);
});
