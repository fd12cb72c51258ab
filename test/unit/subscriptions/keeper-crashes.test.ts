import { afterEach, describe, expect, it, vi } from 'vitest';
import { captureLogLines } from '../../support/log-lines.ts';
import type { Fate } from '../../support/publisher/mortal.ts';
import { mortal } from '../../support/publisher/mortal.ts';
import { KeeperWorld } from '../../support/subscriptions/keeper-world.ts';
import { userEvent } from '../../support/subscriptions/subscription-samples.ts';

captureLogLines();
afterEach(() => {
  vi.useRealTimers();
});

const SECOND = 1000;
const MINUTE = 60 * SECOND;

type Scene = Awaited<ReturnType<typeof settled>>;

/** A subscription whose rule has taken effect, and an event that it has heard of. */
async function settled() {
  const world = new KeeperWorld();
  const subscription = await world.subscribe();
  await world.publish();
  await world.clock.run(3 * MINUTE);
  await world.keep();
  return { world, subscription, id: subscription.subscriptionId };
}

/** Events that fall into the time in which nobody is told by the rule. */
async function missed({ world }: Scene): Promise<void> {
  for (let count = 0; count < 3; count += 1) {
    await world.publish();
    await world.clock.run(5 * SECOND);
  }
}

async function created(): Promise<Scene> {
  const world = new KeeperWorld();
  world.bridge.delayMs = () => 40 * SECOND;
  const subscription = await world.subscribe({}, false);
  const scene = { world, subscription, id: subscription.subscriptionId };
  await missed(scene);
  return scene;
}

async function lost(): Promise<Scene> {
  const scene = await settled();
  scene.world.bridge.rules.clear();
  scene.world.bridge.delayMs = () => 40 * SECOND;
  await missed(scene);
  return scene;
}

async function ending(): Promise<Scene> {
  const scene = await settled();
  const { world, subscription, id } = scene;
  for (const name of ['evt_a', 'evt_b', 'evt_c'])
    await world.park(subscription, userEvent({ id: name }, new Date(world.clock.now).toISOString()));
  await world.subscriptions.store.change(id, { isEnding: true });
  return scene;
}

async function callsOf(prepare: () => Promise<Scene>): Promise<number> {
  const { around, calls } = mortal();
  await (await prepare()).world.keep(undefined, around);
  return calls();
}

const fatesOf = (calls: number): Fate[] =>
  Array.from({ length: calls }, (_, index) => index + 1).flatMap((call) =>
    (['dies', 'errs'] as const).flatMap((how) => (['before', 'after'] as const).map((when) => ({ how, call, when }))),
  );

/** With each fate that can meet a look at all: afterwards one that is whole, and some minutes. */
async function eachFate(prepare: () => Promise<Scene>, check: (scene: Scene, fate: string) => void): Promise<void> {
  const fates = fatesOf(await callsOf(prepare));
  let fired = 0;
  for (const fate of fates) {
    const scene = await prepare();
    const process = mortal(fate);
    await scene.world.keep(undefined, process.around).catch(() => undefined);
    fired += process.fired() ? 1 : 0;
    await missed(scene);
    scene.world.everyMinute(4);
    await scene.world.clock.run(5 * MINUTE);
    expect(scene.world.failures).toEqual([]);
    check(scene, JSON.stringify(fate));
  }
  expect(fired).toBe(fates.length);
  expect(fates.length).toBeGreaterThan(20);
}

/** Its rule is there and brings what comes; nothing was missed, and nothing came twice. */
function expectHeard({ world, subscription, id }: Scene, fate: string): void {
  expect([fate, world.ruled()]).toEqual([fate, [id]]);
  expect([fate, world.heard(id)]).toEqual([fate, world.wanted(subscription)]);
  expect([...world.bridge.rules.values()][0], fate).toHaveProperty('template');
  expect(world.row(id), fate).toMatchObject({ isReady: true });
  expect(world.row(id), fate).not.toHaveProperty('catchUpFrom');
}

describe('a keeper that dies, or whose call fails, anywhere', () => {
  it('on a new subscription, leaves one that hears of everything all the same', async () => {
    await eachFate(created, expectHeard);
  });

  it('on a rule that is lost, leaves one that is found again, and nothing is missed', async () => {
    await eachFate(lost, expectHeard);
  });

  it('on one that ends, leaves neither rule, row nor parked stream once the next one has looked', async () => {
    await eachFate(ending, ({ world, id }, fate) => {
      expect([fate, world.ruled(), world.row(id)]).toEqual([fate, [], undefined]);
      const parked = [...world.deliveries.streams.values()].filter(({ parkedFor }) => parkedFor !== undefined);
      expect([fate, parked]).toEqual([fate, []]);
    });
  });
});
