import { afterEach, describe, expect, it, vi } from 'vitest';
import { streamSender } from '../../../functions/webhooks/adapters/stream-sender.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import { givenEvent, pause, release, resume, SUB } from '../../support/webhooks/subscribed-streams.ts';
import { status, WebhookWorld } from '../../support/webhooks/webhook-world.ts';

captureLogLines();
afterEach(() => {
  vi.useRealTimers();
});

const SECOND = 1000;
const HOUR = 3600 * SECOND;

describe('an event for a subscription that is paused', () => {
  it('is put aside untried, and no sweep looks at it', async () => {
    const world = new WebhookWorld();
    const { delivery, row } = await givenEvent(world);
    pause(world);
    await world.play(24 * HOUR);
    expect([world.tries, world.kicks]).toEqual([[], []]);
    expect([row()?.parkedFor, row()?.claimedUntil]).toEqual([SUB, undefined]);
    expect(await delivery()).toMatchObject({ status: 'pending', tries: 0 });
  });

  it('goes out once after the resumption, with all that came meanwhile', async () => {
    const world = new WebhookWorld();
    pause(world);
    const given = [await givenEvent(world), await givenEvent(world), await givenEvent(world)];
    await world.play(HOUR);
    await resume(world);
    await world.play(HOUR);
    const ids = world.tries.map(({ headers }) => headers['webhook-id']);
    expect(ids.sort()).toEqual(given.map(({ event }) => event.eventId).sort());
    expect(world.subscriptions.noted).toEqual(Array(3).fill({ subscriptionId: SUB, delivered: true }));
  });

  it('is put aside once more by a kick that comes late', async () => {
    const world = new WebhookWorld();
    pause(world);
    const { id, row } = await givenEvent(world);
    await world.play(HOUR);
    await world.send(id);
    expect([row()?.parkedFor, world.tries]).toEqual([SUB, []]);
  });

  it('keeps its place in the schedule where it was tried before', async () => {
    const world = new WebhookWorld();
    world.random = () => 0.5;
    const { id, delivery } = await givenEvent(world);
    world.receive = () => {
      pause(world);
      return status(500, { 'retry-after': '7200' });
    };
    await world.play(HOUR);
    expect(await delivery()).toMatchObject({ status: 'pending', tries: 1 });
    world.receive = () => status(200);
    await resume(world);
    await world.play(HOUR - SECOND);
    expect(world.tries).toHaveLength(1);
    await world.play(120 * SECOND);
    expect([world.tries.length, (await delivery())?.status]).toEqual([2, 'delivered']);
    expect(world.store.streams.get(id)?.dueAt).toBeUndefined();
  });
});

describe('a try that is under way when its subscription is paused', () => {
  it('counts, and is the last one', async () => {
    const world = new WebhookWorld();
    const { delivery } = await givenEvent(world);
    world.receive = () => {
      pause(world);
      return status(200);
    };
    await world.play(HOUR);
    expect([world.tries.length, (await delivery())?.status]).toEqual([1, 'delivered']);
    expect(world.subscriptions.noted).toEqual([{ subscriptionId: SUB, delivered: true }]);
  });
});

describe('a resumption beside the putting aside', () => {
  it('that looked just before it leaves nothing behind', async () => {
    const world = new WebhookWorld();
    const { id, delivery } = await givenEvent(world);
    pause(world);
    const { park } = world.queue;
    let looks = 0;
    world.queue.park = async (...args) => {
      looks += 1;
      if (looks === 1) await resume(world);
      return park(...args);
    };
    world.kicks = [];
    await world.send(id);
    expect([looks, world.kicks.map(({ stream }) => stream)]).toEqual([1, [id]]);
    await world.play(SECOND);
    expect([world.tries.length, (await delivery())?.status]).toEqual([1, 'delivered']);
  });

  it('that looks between it and the sender’s second look brings it once', async () => {
    const world = new WebhookWorld();
    const { id, delivery } = await givenEvent(world);
    pause(world);
    const { park } = world.queue;
    world.queue.park = async (...args) => {
      const isParked = await park(...args);
      await resume(world);
      // Its kick is faster than the sender, too.
      await world.send(id);
      return isParked;
    };
    await world.send(id);
    await world.play(HOUR);
    expect([world.tries.length, (await delivery())?.status]).toEqual([1, 'delivered']);
  });

  it('that is taken back at once leaves it put aside', async () => {
    const world = new WebhookWorld();
    const { row } = await givenEvent(world);
    pause(world);
    const { park } = world.queue;
    world.queue.park = async (...args) => {
      await resume(world);
      pause(world);
      return park(...args);
    };
    await world.play(HOUR);
    expect([row()?.parkedFor, world.tries]).toEqual([SUB, []]);
    await resume(world);
    await world.play(HOUR);
    expect(world.tries).toHaveLength(1);
  });
});

describe('a sender that cannot', () => {
  const breaking = (world: WebhookWorld, broken: object) =>
    streamSender({ ...world.ports(), ...broken })([...world.store.streams.keys()][0] ?? '', Date.now() + 115 * SECOND);
  const away = () => Promise.reject(new Error('The table is away.'));

  it('ask for the state sends nothing, and lets go', async () => {
    const world = new WebhookWorld();
    const { row, delivery } = await givenEvent(world);
    const { note } = world.subscriptions;
    await expect(breaking(world, { subscriptions: { state: away, note } })).rejects.toThrow('The table is away.');
    expect([world.tries, row()?.claimedUntil]).toEqual([[], undefined]);
    await world.play(HOUR);
    expect((await delivery())?.status).toBe('delivered');
  });

  it('take its second look after putting aside leaves the stream to its message, which comes again', async () => {
    const world = new WebhookWorld();
    const { id, row, delivery } = await givenEvent(world);
    pause(world);
    let asked = 0;
    const state = async () => {
      asked += 1;
      if (asked === 1) return 'paused';
      await release(world);
      world.subscriptions.states.set(SUB, 'active');
      return away();
    };
    // The resumption's look was too early for the index.
    world.queue.unpark = async () => undefined;
    const subscriptions = { ...world.subscriptions, state };
    await expect(breaking(world, { subscriptions })).rejects.toThrow('The table is away.');
    expect(row()?.parkedFor).toBe(SUB);
    world.kicks = [];
    await world.play(60 * SECOND);
    expect(world.tries).toEqual([]);
    await world.send(id);
    expect((await delivery())?.status).toBe('delivered');
  });

  it('put aside what was given to meanwhile looks again', async () => {
    const world = new WebhookWorld();
    const { id, row } = await givenEvent(world);
    pause(world);
    const { park } = world.queue;
    let parks = 0;
    world.queue.park = async (...args) => {
      parks += 1;
      if (parks === 1) await world.tell(id, 2);
      return park(...args);
    };
    await world.send(id);
    expect([parks, row()?.parkedFor, world.tries]).toEqual([2, SUB, []]);
  });
});
