import type { Scheduler } from 'fast-check';
import * as fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import type { AgentState, LeaseRecord } from '../../../functions/agents/adapters/agent-state.ts';
import type { AgentFeature, Stores } from '../../support/agents/memory-agent-world.ts';
import { AgentWorld, callOf, LEASE_SECONDS } from '../../support/agents/memory-agent-world.ts';
import { assertInPlace, drained, eventsOf, recovered, workOf } from '../../support/agents/work-places.ts';
import { DRILL, runs } from '../../support/seeds.ts';
import { TASK_ID } from '../../support/tasks/task-samples.ts';

// A writer that was too late waits a moment before it decides again; here the scheduler says who is next.
vi.mock('node:timers/promises', () => ({ setTimeout: async () => undefined }));

const WAITING = TASK_ID;
const HELD = TASK_ID.replace(/0$/, '1');
const ERROR = { code: 'BROKEN', message: 'It broke.' };

/** Stores whose every read and write happens when the scheduler wants it. */
function scheduled(scheduler: Scheduler, { log, state, wake }: Stores): Stores {
  const wrap = <Run extends (...args: never[]) => Promise<unknown>>(run: Run) =>
    scheduler.scheduleFunction(run as never) as unknown as Run;
  const methods = Object.entries(state).filter(([name]) => name !== 'all');
  return {
    log: { load: wrap(log.load), append: wrap(log.append) },
    state: Object.fromEntries(methods.map(([name, run]) => [name, wrap(run)])) as unknown as AgentState,
    wake: wrap(wake),
  };
}

type Deed = (world: AgentWorld, feature: AgentFeature, held: LeaseRecord) => Promise<unknown>;

/** What may happen at one moment around a work that waits and one that an agent holds. */
const DEEDS: Record<string, Deed> = {
  'a claim': (world, feature) => world.claim('agent_1', feature),
  'another claim': (world, feature) => world.claim('agent_2', feature),
  'a third claim': (world, feature) => world.claim('agent_2', feature),
  'a heartbeat': (_, { leases }, held) => leases.heartbeat(callOf(held), {}),
  'a completion': (_, { leases }, held) => leases.complete(callOf(held), { summary: '', files: [] }),
  'another completion': (_, { leases }, held) => leases.complete(callOf(held), { summary: '', files: [] }),
  'a failure': (_, { leases }, held) => leases.fail(callOf(held), { error: ERROR, retryable: false }),
  'a return': (_, { leases }, held) => leases.fail(callOf(held), { error: ERROR, retryable: true }),
  'a sweep': (_, { sweep }) => sweep(),
  'another sweep': (_, { sweep }) => sweep(),
  'the offer again': (world, feature) => world.offer(WAITING, feature),
  'a withdrawal of what waits': (world, feature) => world.release(WAITING, feature),
  'a withdrawal of what is held': (world, feature) => world.release(HELD, feature),
};

async function prepared() {
  const world = new AgentWorld();
  await world.register('agent_1');
  await world.register('agent_2', { maxConcurrency: 2 });
  await world.register('agent_3');
  await world.offer(HELD);
  const held = await world.claimed('agent_3');
  await world.offer(WAITING);
  return { world, held };
}

it(
  'however claims, ends, sweeps and withdrawals meet, every work is in one place and every hand is counted',
  DRILL,
  async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.uniqueArray(fc.constantFrom(...Object.keys(DEEDS)), { minLength: 2, maxLength: 6 }),
        fc.nat({ max: 2 }),
        async (scheduler, deeds, jumps) => {
          const { world, held } = await prepared();
          const feature = world.over(scheduled(scheduler, world));
          const running = deeds.map((deed) => DEEDS[deed]?.(world, feature, held)).map(settledOf);
          // The clock leaps while they are at it, so that leases run out between any two of their steps.
          for (let jump = 0; jump < jumps; jump += 1)
            running.push(scheduler.schedule(Promise.resolve()).then(() => world.pass(LEASE_SECONDS)));
          await scheduler.waitFor(Promise.all(running));

          await recovered(world);
          await assertInPlace(world, [WAITING, HELD]);
          await drained(world);
          for (const taskId of [WAITING, HELD]) {
            expect(['done', 'failed', 'withdrawn']).toContain((await workOf(world, taskId)).status);
            for (const { type } of await eventsOf(world.log, taskId)) seen.add(type);
          }
        },
      ),
      { numRuns: 4 * runs() },
    );
    const all = ['WorkDone', 'WorkFailed', 'WorkLeased', 'WorkOffered', 'WorkReturned', 'WorkWithdrawn'];
    expect([...seen].sort()).toEqual(all);
  },
);

/** A refusal is an honest end of a deed; anything else is a fault. */
async function settledOf(deed: Promise<unknown> | undefined): Promise<void> {
  await deed?.catch((error: { code?: string }) => {
    if (error.code !== 'CONFLICT') throw error;
  });
}
