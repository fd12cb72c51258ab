import type { SubscriptionRecord } from '../../../functions/subscriptions/domain/subscription.ts';
import type { Tally } from '../delivery/tally.ts';
import { mortal } from '../publisher/mortal.ts';
import type { Around } from '../publisher/sweep-world.ts';
import { seededRandom } from '../seeds.ts';
import { KeeperWorld } from './keeper-world.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const SUBSCRIPTIONS = 3;
const EVENTS = 40;
/** In the first minutes everything goes wrong, in the last ones nothing. */
const STORM_MS = 7 * MINUTE;
const MINUTES = 11;

/**
 * Subscriptions are made and ended in a burst of events, by clocks that differ, over a bus whose rules take effect late, are lost and
 * bring things twice, while keepers die, are late, work beside each other and are not called at all.
 */
export async function subscriptionDrill(seed: number, tally: Tally) {
  const random = seededRandom(seed);
  const world = new KeeperWorld();
  const end = world.clock.now + STORM_MS;
  const fates: ReturnType<typeof mortal>[] = [];
  world.bridge.delayMs = () => Math.floor(random() * 100 * SECOND);
  world.nextKeeper = () => {
    if (world.clock.now > end) return (call) => call();
    if (random() < 0.25) return void tally.add('a call is lost');
    const fate = {
      how: 'dies',
      call: 1 + Math.floor(random() * 40),
      when: random() < 0.5 ? 'before' : 'after',
    } as const;
    const process = mortal(random() < 0.4 ? fate : undefined);
    fates.push(process);
    return slowed(world, random, process.around);
  };
  const at = (within: number, action: () => unknown) => world.clock.in(Math.floor(random() * within), () => action());
  const subscriptions: Subscribed[] = [];
  world.everyMinute(MINUTES);
  for (let count = 0; count < SUBSCRIPTIONS; count += 1) at(2 * MINUTE, () => made(world, subscriptions, random));
  for (let count = 0; count < EVENTS; count += 1) at(STORM_MS, () => world.publish(publication(random)));
  for (let count = 0; count < 2; count += 1) at(STORM_MS, () => lose(world, random, tally));
  // Later than the last one is made.
  const ended = 2 * MINUTE + Math.floor(random() * (STORM_MS - 2 * MINUTE));
  world.clock.in(ended, () => void world.subscriptions.store.change('sub_0', { isEnding: true }));
  await world.clock.run(MINUTES * MINUTE);
  tally.add('a keeper dies', fates.filter(({ isDead }) => isDead()).length);
  return { world, subscriptions };
}

/** Keepers work beside each other, and for some a call takes long. */
function slowed({ clock }: KeeperWorld, random: () => number, around: Around): Around {
  const most = random() < 0.2 ? 4 * SECOND : 50;
  return (call) =>
    around(async () => {
      await clock.sleep(Math.floor(random() * most));
      return call();
    });
}

/** With the number of events that were written before it was made. */
export interface Subscribed {
  subscription: SubscriptionRecord;
  before: number;
}

async function made(world: KeeperWorld, subscriptions: Subscribed[], random: () => number): Promise<void> {
  const subscriptionId = `sub_${subscriptions.length}`;
  const before = world.events.events().length;
  const createdAt = new Date(world.clock.now + skewOf(random)).toISOString();
  const isTold = random() < 0.7;
  subscriptions.push({ subscription: await world.subscribe({ subscriptionId, createdAt }, isTold), before });
}

/** Two clocks differ by 2 s at most, and a put that takes longer than 3 s is given up. */
const skewOf = (random: () => number): number => Math.floor((2 * random() - 1) * SECOND);
const publication = (random: () => number) => ({
  type: random() < 0.8 ? 'order.placed' : 'order.lost',
  skew: skewOf(random),
  put: Math.floor(random() * 2.9 * SECOND),
  toBus: Math.floor(random() * 3 * SECOND),
  toInbox: Math.floor(random() * 20 * SECOND),
  copies: random() < 0.3 ? 2 : 1,
});

function lose(world: KeeperWorld, random: () => number, tally: Tally): void {
  const names = [...world.bridge.rules.keys()];
  const name = names[Math.floor(random() * names.length)];
  if (name === undefined) return;
  world.bridge.rules.delete(name);
  const isSettled = world.row(name.slice(name.indexOf('sub_')))?.catchUpFrom === undefined;
  tally.add(isSettled ? 'a settled rule is lost' : 'a new rule is lost');
}
