import { setImmediate as moment } from 'node:timers/promises';
import { vi } from 'vitest';
import { streamSender } from '../../../functions/webhooks/adapters/stream-sender.ts';
import { sweepWebhooks } from '../../../functions/webhooks/adapters/webhook-sweep.ts';
import type { Tally } from '../delivery/tally.ts';
import { Died, FaultLine } from '../faults.ts';
import { seededRandom } from '../seeds.ts';
import { givenEvent, pause, release, resume, SUB } from './subscribed-streams.ts';
import { status, WebhookWorld } from './webhook-world.ts';

const EVENTS = 8;
const SENDERS = 8;
const ROUNDS = 6;
/** No run needs as many: something is stuck. */
const MAX_DRAINS = 200;

interface Weather {
  random: () => number;
  tally: Tally;
}

/**
 * A subscription is paused and resumed at random, while senders that may die between any two of their lines bring its events, its keeper
 * dies too, and the index shows late what is put aside. In the end it is resumed for good.
 */
export async function pauseDrill(seed: number, tally: Tally) {
  const random = seededRandom(seed);
  const world = new WebhookWorld();
  world.delaysSeconds = [1, 2];
  world.random = random;
  const taken: string[] = [];
  world.receive = async ({ headers }) => {
    if (isPaused(world)) tally.add('a try is under way');
    await moments(8 * random());
    if (random() < 0.3) return status(500);
    taken.push(headers['webhook-id'] ?? '');
    return status(200);
  };
  const given = await Promise.all(Array.from({ length: EVENTS }, () => givenEvent(world, { maxTries: 1000 })));
  for (let round = 0; round < ROUNDS; round += 1) {
    const senders = Array.from({ length: SENDERS }, () =>
      mortalSender(world, given[Math.floor(random() * EVENTS)]?.id ?? '', { random, tally }),
    );
    await Promise.all([...senders, toggled(world, { random, tally }), jumps(random)]);
  }
  pause(world);
  const sent = world.tries.length;
  await drained(world);
  const late = world.tries.length - sent;
  await resume(world, () => random() < 0.5);
  await drained(world, true);
  return { world, given, taken, late };
}

const isPaused = ({ subscriptions }: WebhookWorld): boolean => subscriptions.states.get(SUB) === 'paused';

/** One call of the function that sends. It tries nothing for which it was not told just before that it may. */
async function mortalSender(world: WebhookWorld, stream: string, { random, tally }: Weather): Promise<void> {
  await moments(60 * random());
  const when = random() < 0.5 ? 'before' : 'after';
  const line = new FaultLine(random() < 0.5 ? { call: 1 + Math.floor(random() * 8), when } : undefined);
  const ports = world.ports();
  let mayTry = false;
  const state = async (id: string) => {
    await moments(3 * random());
    const told = await ports.subscriptions.state(id);
    mayTry = told === 'active';
    await moments(3 * random());
    return told;
  };
  const send: typeof ports.send = async (webhook) => {
    if (!mayTry) throw new Error('Nobody said that this may be sent.');
    mayTry = false;
    return ports.send(webhook);
  };
  const { queue } = ports;
  const mortal = {
    ...line.through({ ...ports, send }, 'send', 'kick'),
    subscriptions: line.through({ ...ports.subscriptions, state }, 'state'),
    queue: {
      ...line.through({ ...queue, park: slow(queue.park, random) }, 'claim', 'record', 'release', 'park', 'unpark'),
      // The dead let go of nothing.
      drop: async () => {
        throw new Died('already');
      },
    },
  };
  await streamSender(mortal)(stream, Date.now() + 115_000).catch((error: unknown) => {
    if (!(error instanceof Died)) throw error;
  });
  if (line.fired) tally.add('a sender dies');
}

function slow<Args extends unknown[], Answer>(ask: (...args: Args) => Promise<Answer>, random: () => number) {
  return async (...args: Args): Promise<Answer> => {
    await moments(4 * random());
    const answer = await ask(...args);
    await moments(4 * random());
    return answer;
  };
}

/** Whoever releases what was put aside may die in the middle, and does not see all. */
async function toggled(world: WebhookWorld, { random, tally }: Weather): Promise<void> {
  for (let count = 0; count < 3; count += 1) {
    await moments(25 * random());
    pause(world);
    tally.add('a pause');
    await moments(25 * random());
    let left = Math.floor(random() * 6);
    const isShown = () => {
      left -= 1;
      return left > 0 && random() < 0.7;
    };
    if (random() < 0.8) await resume(world, isShown);
  }
}

/** Over a claim's end, too. */
async function jumps(random: () => number): Promise<void> {
  for (let left = 20; left > 0; left -= 1) {
    await moments(4);
    vi.setSystemTime(Date.now() + 8000 * random());
  }
}

async function moments(most: number): Promise<void> {
  for (let left = most; left > 1; left -= 1) await moment();
}

/** Only sweeps start anything now, and the looks of each minute after a resumption. */
async function drained(world: WebhookWorld, isResumed = false): Promise<void> {
  const isOpen = () =>
    [...world.store.streams.values()].some(
      ({ dueAt, parkedFor }) => dueAt !== undefined && (isResumed || parkedFor === undefined),
    );
  for (let drains = 0; isOpen(); drains += 1) {
    if (drains === MAX_DRAINS) throw new Error('Something stays due for ever.');
    vi.setSystemTime(Date.now() + 60_000);
    if (isResumed) await release(world);
    const kick = (stream: string) => world.send(stream);
    await sweepWebhooks({ due: world.queue.due, kick }, new Date().toISOString());
  }
}
