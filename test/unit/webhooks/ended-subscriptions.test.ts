import { afterEach, describe, expect, it, vi } from 'vitest';
import { captureLogLines } from '../../support/log-lines.ts';
import { givenEvent, pause, release, SUB } from '../../support/webhooks/subscribed-streams.ts';
import { status, WebhookWorld } from '../../support/webhooks/webhook-world.ts';

captureLogLines();
afterEach(() => {
  vi.useRealTimers();
});

const SECOND = 1000;
const DAY = 24 * 3600 * SECOND;

const failing = () => {
  const world = new WebhookWorld();
  world.receive = () => status(500);
  return world;
};

describe('an event for a subscription that has ended', () => {
  const expectWithdrawn = (world: WebhookWorld) => {
    expect([world.letters, world.subscriberLetters, world.queue.history]).toEqual([[], [], []]);
    for (const { dueAt, parkedFor, claimedUntil } of world.store.streams.values())
      expect([dueAt, parkedFor, claimedUntil]).toEqual([undefined, undefined, undefined]);
  };
  const end = (world: WebhookWorld) => world.subscriptions.states.set(SUB, 'ended');

  it('is withdrawn untried, and leaves neither letter nor event nor count', async () => {
    const world = new WebhookWorld();
    const { delivery } = await givenEvent(world);
    end(world);
    await world.play(DAY);
    expect(await delivery()).toMatchObject({
      status: 'exhausted',
      tries: 0,
      exhaustions: 0,
      attempts: [{ at: expect.any(String), durationMs: 0, error: 'The subscription was ended before.' }],
    });
    expect([world.tries, world.subscriptions.noted]).toEqual([[], []]);
    expectWithdrawn(world);
  });

  it('is withdrawn where it waits for its next try', async () => {
    const world = failing();
    const { delivery } = await givenEvent(world);
    await world.play(SECOND);
    end(world);
    await world.play(DAY);
    expect([world.tries.length, (await delivery())?.attempts.length]).toEqual([1, 2]);
    expectWithdrawn(world);
  });

  it('is withdrawn where it was put aside', async () => {
    const world = new WebhookWorld();
    pause(world);
    await givenEvent(world);
    await world.play(DAY);
    end(world);
    await release(world);
    await world.play(DAY);
    expect(world.tries).toEqual([]);
    expectWithdrawn(world);
  });

  it('is withdrawn where the end comes while it is put aside', async () => {
    const world = new WebhookWorld();
    pause(world);
    await givenEvent(world);
    const { park } = world.queue;
    world.queue.park = async (...args) => {
      end(world);
      return park(...args);
    };
    await world.play(DAY);
    expect(world.tries).toEqual([]);
    expectWithdrawn(world);
  });

  it('counts where its last try was under way', async () => {
    const world = new WebhookWorld();
    const { delivery } = await givenEvent(world);
    world.receive = () => {
      end(world);
      return status(200);
    };
    await world.play(DAY);
    expect((await delivery())?.status).toBe('delivered');
    expectWithdrawn(world);
  });
});
