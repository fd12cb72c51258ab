import { afterEach, describe, expect, it, vi } from 'vitest';
import { captureLogLines } from '../../support/log-lines.ts';
import { KeeperWorld } from '../../support/subscriptions/keeper-world.ts';
import { userEvent } from '../../support/subscriptions/subscription-samples.ts';

captureLogLines();
afterEach(() => {
  vi.useRealTimers();
});

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const isoOf = (ms: number) => new Date(ms).toISOString();

/** A settled subscription that has put some events aside. */
async function parked(streams = 3) {
  const world = new KeeperWorld();
  const subscription = await world.subscribe();
  await world.clock.run(3 * MINUTE);
  await world.keep();
  const { subscriptionId: id } = subscription;
  await world.subscriptions.store.change(id, { isPaused: true });
  const park = (count: number) => world.park(subscription, userEvent({ id: `evt_${count}` }, isoOf(world.clock.now)));
  const names = await Promise.all(Array.from({ length: streams }, (_, index) => park(index)));
  world.kicks.length = 0;
  const resume = () => world.subscriptions.store.change(id, { isPaused: false, resumedAt: isoOf(world.clock.now) });
  const waiting = () => names.filter((stream) => world.deliveries.streams.get(stream)?.parkedFor !== undefined);
  return { world, id, park, names, resume, waiting };
}

describe('what was put aside', () => {
  it('stays there while the subscription is paused', async () => {
    const { world, id, names, waiting } = await parked();
    await world.keep(id);
    await world.keep();
    expect([waiting(), world.kicks]).toEqual([names, []]);
  });

  it.each(['by its message', 'by the look of each minute'])('goes out after a resumption: %s', async (how) => {
    const { world, id, names, resume, waiting } = await parked();
    await resume();
    await world.keep(how === 'by its message' ? id : undefined);
    expect([waiting(), world.kicks]).toEqual([[], names]);
  });

  it('is looked for ten minutes long, as the index may be late', async () => {
    const { world, names, resume, waiting } = await parked(2);
    const [late] = names;
    world.isShown = (stream) => stream !== late;
    await resume();
    await world.keep();
    expect(waiting()).toEqual([late]);
    await world.clock.run(9 * MINUTE);
    world.isShown = () => true;
    await world.keep();
    expect(waiting()).toEqual([]);
  });

  it('goes out also where the keeper was away for longer than that, and then no more is looked for', async () => {
    const { world, id, resume, waiting } = await parked();
    await resume();
    await world.clock.run(60 * MINUTE);
    await world.keep();
    expect(waiting()).toEqual([]);
    expect(await world.subscriptions.store.find(id)).toHaveProperty('resumedAt');
    await world.keep();
    expect(await world.subscriptions.store.find(id)).not.toHaveProperty('resumedAt');
  });

  it('of one that was paused again stays', async () => {
    const { world, id, names, resume, waiting } = await parked();
    await resume();
    await world.subscriptions.store.change(id, { isPaused: true });
    await world.keep();
    expect(waiting()).toEqual(names);
  });
});

describe('a subscription that has ended', () => {
  it('leaves neither rule nor row, and what it had put aside is looked at', async () => {
    const { world, id, names, waiting } = await parked();
    await world.subscriptions.store.change(id, { isEnding: true });
    await world.keep(id);
    expect([world.ruled(), world.row(id), waiting(), world.kicks]).toEqual([[], undefined, [], names]);
  });

  it('before it ever had a rule leaves none', async () => {
    const world = new KeeperWorld();
    const { subscriptionId: id } = await world.subscribe({}, false);
    await world.subscriptions.store.change(id, { isEnding: true });
    await world.keep();
    expect([world.ruled(), world.row(id)]).toEqual([[], undefined]);
  });
});

describe('a look at all subscriptions', () => {
  const broken = async () => {
    const world = new KeeperWorld();
    const ids: string[] = [];
    for (let count = 0; count < 3; count += 1) ids.push((await world.subscribe({}, false)).subscriptionId);
    const { rules } = world.ports();
    const put: typeof rules.put = async (one) => {
      if (one.subscriptionId === ids[1]) throw new Error('Rule is too complex.');
      await rules.put(one);
    };
    return { world, ids, rules: { ...rules, put } };
  };

  it('is known afterwards by the time at which the rules were listed', async () => {
    const { world } = await broken();
    const begun = world.clock.now;
    let time = begun;
    const now = () => {
      time += SECOND;
      return time;
    };
    await world.keep(undefined, undefined, { now });
    expect(await world.subscriptions.store.lastKept()).toBe(isoOf(begun + 2 * SECOND));
  });

  it('helps the others where one cannot be helped, tells of it at the end, and counts for none', async () => {
    const { world, ids, rules } = await broken();
    world.bridge.rules.set('maos-test-sub_orphan', { pattern: {}, effectiveAt: 0 });
    const look = world.keep(undefined, undefined, { rules });
    await expect(look).rejects.toThrow('1 could not be kept; first: Rule is too complex.');
    expect(world.ruled()).toEqual([ids[0], ids[2]]);
    expect(await world.subscriptions.store.lastKept()).toBeUndefined();
  });

  it('that is over before its end says so', async () => {
    const { world, ids } = await broken();
    const now = () => world.clock.now + (world.ruled().length > 0 ? 200 * SECOND : 0);
    const look = world.keep(undefined, undefined, { now });
    await expect(look).rejects.toThrow('Not all subscriptions were looked after: time ran out.');
    expect([world.ruled(), await world.subscriptions.store.lastKept()]).toEqual([[ids[0]], undefined]);
  });
});
