import { afterEach, describe, expect, it, vi } from 'vitest';
import { ENV } from '../../../functions/contracts/env.ts';
import { requireEnv } from '../../../functions/shared/platform/env.ts';
import { Lambdas } from '../../support/delivery/lambdas.ts';
import { play, plotOf } from '../../support/delivery/played-tasks.ts';
import { STORM, World } from '../../support/delivery/world.ts';

vi.mock('node:timers/promises', () => ({ setTimeout: async () => undefined }));
vi.mock('../../../functions/shared/platform/logger.ts', () => import('../../support/delivery/silence.ts'));

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe('a function', () => {
  /** Two branches of one invocation, each with a call and something to clear up. */
  async function ended(world: World, kill?: (lambdas: Lambdas) => Promise<never>) {
    const lambdas = new Lambdas(world);
    const done: string[] = [];
    const branch = async (name: string) => {
      try {
        await lambdas.call('work', () => done.push(name));
        await kill?.(lambdas);
      } finally {
        done.push(`${name} cleared up`);
      }
    };
    const end = lambdas.deploy('fn', {}, () => () => Promise.all([branch('a'), branch('b')])).invoke({});
    await world.clock.run();
    return { end: await end, done };
  }

  it('that lives answers', async () => {
    const { end, done } = await ended(new World(1));
    expect([end, done]).toEqual([{ answer: [undefined, undefined] }, ['a', 'a cleared up', 'b', 'b cleared up']]);
  });

  it.each([
    ['before handler', []],
    ['before work', []],
    ['after work', ['a']],
    ['before answer', ['a', 'a cleared up', 'b', 'b cleared up']],
  ])('that dies %s does nothing more, not even clear up, and its other branches neither', async (point, done) => {
    const world = new World(1);
    vi.spyOn(world, 'strikes').mockImplementation((_, as) => as === `death ${point}`);
    const end = { error: new Error('Runtime.ExitError: fn') };
    expect(await ended(world)).toEqual({ end, done });
  });

  it('that is killed does nothing more either', async () => {
    const { end, done } = await ended(new World(1), (lambdas) => lambdas.kill());
    expect([end, done]).toEqual([{ error: new Error('Runtime.ExitError: fn') }, ['a']]);
  });

  it('goes on in its own environment, and serves one invocation at a time', async () => {
    const world = new World(1, { disorder: 1 });
    const lambdas = new Lambdas(world);
    const seen: string[] = [];
    const busy = { now: 0, most: 0, environments: 0 };
    const deploy = (id: string) =>
      lambdas.deploy(id, { [ENV.subscriptionId]: id }, () => {
        busy.environments += 1;
        let isBusy = false;
        return async () => {
          expect(isBusy).toBe(false);
          isBusy = true;
          busy.now += 1;
          busy.most = Math.max(busy.most, busy.now);
          for (const _ of [1, 2, 3]) {
            await lambdas.call('work', () => undefined);
            seen.push(`${id} ${requireEnv(ENV.subscriptionId)}`);
          }
          busy.now -= 1;
          isBusy = false;
        };
      });
    const [one, other] = [deploy('one'), deploy('other')];
    const ends = Array.from({ length: 10 }, () => [one.invoke({}), other.invoke({})]).flat();
    await world.clock.run();
    expect((await Promise.all(ends)).filter((end) => 'error' in end)).toEqual([]);
    expect(new Set(seen)).toEqual(new Set(['one one', 'other other']));
    expect([seen.length, busy.most > 2, busy.environments <= busy.most]).toEqual([60, true, true]);
  });
});

describe('a seed', () => {
  const journal = async (seed: number) => {
    const world = new World(seed, STORM);
    const maos = play(world, plotOf(1));
    world.clearsUpIn(600_000);
    await world.clock.run();
    const received = Object.values(maos.subscriptions).flatMap(({ inbox }) =>
      inbox.sent.map(({ receives }) => receives),
    );
    return { received, taken: maos.bus.accepted.length, tally: `${world.tally}`, end: world.clock.now };
  };

  it('leads to the same faults, deliveries and times again, and another seed to others', async () => {
    const first = await journal(7);
    expect(await journal(7)).toEqual(first);
    expect(await journal(8)).not.toEqual(first);
  });
});
