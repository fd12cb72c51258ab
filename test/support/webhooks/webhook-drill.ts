import { setImmediate as moment } from 'node:timers/promises';
import { vi } from 'vitest';
import { RequestFailed } from '../../../functions/shared/platform/outgoing/guarded-request.ts';
import type { DeliveryQueue } from '../../../functions/webhooks/adapters/delivery-queue.ts';
import { streamSender } from '../../../functions/webhooks/adapters/stream-sender.ts';
import { sweepWebhooks } from '../../../functions/webhooks/adapters/webhook-sweep.ts';
import { Tally } from '../delivery/tally.ts';
import { Died, FaultLine } from '../faults.ts';
import { seededRandom } from '../seeds.ts';
import type { Tried } from './webhook-world.ts';
import { status, WebhookWorld } from './webhook-world.ts';

const STREAMS = 3;
const MESSAGES = 6;
const SENDERS = 20;
const ROUNDS = 12;
/** No run needs as many: something is stuck. */
const MAX_DRAINS = 500;

/** What a receiver took, in the order in which it took it. */
interface Taken {
  webhookId: string;
  body: string;
}

/**
 * Many senders over a few streams at once, each of which may die between any two of its lines, while messages are given, time jumps, and
 * the receiver fails in every way. Afterwards nobody dies any more, and what is left comes to its end.
 */
export async function webhookDrill(seed: number) {
  const random = seededRandom(seed);
  const world = new WebhookWorld();
  world.delaysSeconds = [1, 2];
  world.random = random;
  const faults = new Tally();
  const taken: Taken[] = [];
  watched(world, faults);
  world.receive = (tried) => received(tried, { random, faults, taken });
  const streams = await Promise.all(Array.from({ length: STREAMS }, () => world.given(0)));
  const given = new Map(streams.map(({ id }) => [id, 0]));
  for (let round = 0; round < ROUNDS; round += 1) {
    const senders = Array.from({ length: SENDERS }, () =>
      mortalSender(world, pick(streams, random).id, { random, faults }),
    );
    const sender = giveMore(world, given, random);
    const time = jumps(random);
    await Promise.all([...senders, sender, time]);
  }
  await drained(world);
  return { world, streams, taken, faults };
}

/** Counts what was taken over, and what had ended and was changed after all. */
function watched({ queue }: WebhookWorld, faults: Tally): void {
  const ended = new Set<string>();
  const { record } = queue;
  queue.record = async (change) => {
    const isRecorded = await record(change);
    const { deliveryId, status } = change.after;
    if (!isRecorded) faults.add('is taken over');
    else if (ended.has(deliveryId)) faults.add('changes again');
    if (isRecorded && status !== 'pending') ended.add(deliveryId);
    return isRecorded;
  };
}

const pick = <One>(from: readonly One[], random: () => number): One => from[Math.floor(random() * from.length)] as One;

interface Weather {
  random: () => number;
  faults: Tally;
}

/** How a receiver can behave; whether it takes the message is told first. */
const BEHAVIOURS = [
  ['takes', true, () => status(200)],
  ['takes', true, () => status(204)],
  ['takes', true, () => status(200)],
  ['answers too late', true, () => Promise.reject(new RequestFailed('timeout'))],
  ['resets', false, () => Promise.reject(new RequestFailed('connection'))],
  ['fails', false, () => status(500)],
  ['is busy', false, () => status(429, { 'retry-after': '9' })],
] as const;

async function received({ headers, body = '' }: Tried, { random, faults, taken }: Weather & { taken: Taken[] }) {
  // Some last longer than a claim, and another sender comes in between.
  await moments((random() < 0.2 ? 80 : 6) * random());
  const [name, takes, answer] = pick(BEHAVIOURS, random);
  faults.add(name);
  if (takes) taken.push({ webhookId: headers['webhook-id'] ?? '', body });
  await moments(6 * random());
  return answer();
}

/** One call of the function that sends, which dies at a line or not at all. */
async function mortalSender(world: WebhookWorld, stream: string, { random, faults }: Weather): Promise<void> {
  await moments(120 * random());
  const when = random() < 0.5 ? 'before' : 'after';
  const line = new FaultLine(random() < 0.6 ? { call: 1 + Math.floor(random() * 12), when } : undefined);
  const ports = world.ports();
  const mortal = {
    ...line.through(ports, 'send', 'deadLetter', 'kick'),
    queue: {
      ...line.through(slowed(ports.queue, random), 'claim', 'renew', 'record', 'release'),
      // The dead let go of nothing.
      drop: async () => {
        throw new Died('already');
      },
    },
  };
  await streamSender(mortal)(stream, Date.now() + 115_000).catch((error: unknown) => {
    if (!(error instanceof Died)) throw error;
  });
  if (line.fired) faults.add(`dies ${when}`);
}

/** Answers overtake each other. */
function slowed(queue: DeliveryQueue, random: () => number): DeliveryQueue {
  const slow =
    <Args extends unknown[], Answer>(ask: (...args: Args) => Promise<Answer>) =>
    async (...args: Args): Promise<Answer> => {
      await moments(3 * random());
      const answer = await ask(...args);
      await moments(3 * random());
      return answer;
    };
  const { claim, renew, read, record, release, park, unpark, drop } = queue;
  return {
    claim: slow(claim),
    renew: slow(renew),
    read: slow(read),
    record: slow(record),
    release: slow(release),
    park: slow(park),
    unpark: slow(unpark),
    drop: slow(drop),
  };
}

async function giveMore(world: WebhookWorld, given: Map<string, number>, random: () => number): Promise<void> {
  for (const [stream, count] of given) {
    await moments(20 * random());
    if (count >= MESSAGES || random() < 0.3) continue;
    given.set(stream, count + 1);
    await world.tell(stream, count + 1);
  }
}

/** Over a claim's end, too. */
async function jumps(random: () => number): Promise<void> {
  for (let left = 40; left > 0; left -= 1) {
    await moments(4);
    vi.setSystemTime(Date.now() + 8000 * random());
  }
}

async function moments(most: number): Promise<void> {
  for (let left = most; left > 1; left -= 1) await moment();
}

/** Only sweeps start anything now: kicks may all have been lost. */
async function drained(world: WebhookWorld): Promise<void> {
  for (let drains = 0; [...world.store.streams.values()].some(({ dueAt }) => dueAt !== undefined); drains += 1) {
    if (drains === MAX_DRAINS) throw new Error('Something stays due for ever.');
    vi.setSystemTime(Date.now() + 60_000);
    const kick = (stream: string) => world.send(stream);
    await sweepWebhooks({ due: world.queue.due, kick }, new Date().toISOString());
  }
}
