import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DeliveryPorts } from '../../../functions/subscriptions/adapters/event-deliveries.ts';
import { eventDeliveries } from '../../../functions/subscriptions/adapters/event-deliveries.ts';
import { Died, everyFault, FaultLine } from '../../support/faults.ts';
import {
  exhaustedEvent,
  HOOK,
  sampleSubscription,
  userEvent,
} from '../../support/subscriptions/subscription-samples.ts';
import { memoryDeliveryStore } from '../../support/webhooks/memory-delivery-store.ts';

const NOW = '2026-08-19T10:00:05.000Z';
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse(NOW) });
});
afterEach(() => {
  vi.useRealTimers();
});

function given() {
  const deliveries = memoryDeliveryStore();
  const kicks: string[] = [];
  const ports: DeliveryPorts = {
    deliveries,
    commit: async (writes) => deliveries.commit(writes),
    kick: async (stream) => void kicks.push(stream),
    now: () => NOW,
  };
  return { deliveries, kicks, ports, give: eventDeliveries(ports) };
}

const subscription = sampleSubscription({ maxAttempts: 7, deadLetters: false });
const id = subscription.subscriptionId;
const event = userEvent({ data: { total: 5 } });
const stream = `${id}-${event.eventId}`;
const LETTER = 'letter_01ARZ3NDEKTSV4RRFFQ69G5FAV';

describe('an event that is given to a subscriber', () => {
  it('is a stream of its own, with all that its sender must know', async () => {
    const { deliveries, kicks, give } = given();
    await give(subscription, event);
    expect([...deliveries.streams.keys()]).toEqual([stream]);
    expect(await deliveries.load(stream)).toEqual({
      stream: {
        stream,
        url: HOOK,
        owner: id,
        correlationId: 'corr_1',
        subscription: { subscriptionId: id, maxTries: 7, deadLetters: false },
      },
      lastGiven: 1,
      deliveries: [
        expect.objectContaining({ seq: 1, webhookId: event.eventId, status: 'pending', nextAttemptAt: NOW }),
      ],
    });
    const [delivery] = (await deliveries.load(stream))?.deliveries ?? [];
    expect(JSON.parse(delivery?.body ?? '')).toEqual({ subscriptionId: id, event });
    expect(kicks).toEqual([stream]);
  });

  it('comes once, however often and beside itself it is given', async () => {
    const { deliveries, kicks, give } = given();
    await Promise.all(Array.from({ length: 5 }, () => give(subscription, event)));
    await give(subscription, event);
    expect((await deliveries.load(stream))?.deliveries).toHaveLength(1);
    expect([deliveries.streams.size, new Set(kicks)]).toEqual([1, new Set([stream])]);
  });

  it('comes once to each of two subscribers', async () => {
    const { deliveries, give } = given();
    const other = sampleSubscription();
    for (const one of [subscription, other, subscription]) await give(one, event);
    expect([...deliveries.streams.keys()]).toEqual([stream, `${other.subscriptionId}-${event.eventId}`]);
  });

  it('comes once more where its dead letter is sent again, and once for that', async () => {
    const { deliveries, give } = given();
    for (const _ of [1, 2]) await give(subscription, event);
    for (const _ of [1, 2]) await give(subscription, event, LETTER);
    expect([...deliveries.streams.keys()]).toEqual([stream, `${stream}-${LETTER}`]);
    const again = await deliveries.load(`${stream}-${LETTER}`);
    expect(again?.stream.subscription).toMatchObject({ redriveOf: LETTER });
    expect(again?.deliveries).toMatchObject([{ webhookId: event.eventId }]);
  });

  it('is not one from before the subscription, but for what clocks differ', async () => {
    const { deliveries, give } = given();
    await give(subscription, userEvent({ id: 'evt_old' }, '2026-08-19T09:59:57.999Z'));
    await give(subscription, userEvent({ id: 'evt_new' }, '2026-08-19T09:59:58.000Z'));
    expect([...deliveries.streams.keys()]).toEqual([`${id}-evt_new-1`]);
  });

  it('is never an echo of its own deliveries', async () => {
    const { deliveries, give } = given();
    await give(subscription, exhaustedEvent(stream, event.eventId, NOW));
    await give(subscription, exhaustedEvent(stream, event.eventId, NOW), LETTER);
    expect(deliveries.streams.size).toBe(0);
    await give(subscription, exhaustedEvent('sub_other-evt_1-1', 'evt_1-1', NOW));
    expect(deliveries.streams.size).toBe(1);
  });
});

describe('whoever gives an event and is cut off', () => {
  it('anywhere, leaves one that the next delivery brings, once', async () => {
    const counting = new FaultLine();
    const uncut = given();
    await eventDeliveries(counting.through(uncut.ports, 'commit', 'kick'))(subscription, event);
    expect(counting.calls).toBe(3);
    for (const fault of everyFault(counting.calls)) {
      const { deliveries, ports, give } = given();
      const line = new FaultLine(fault);
      await expect(eventDeliveries(line.through(ports, 'commit', 'kick'))(subscription, event)).rejects.toThrow(Died);
      await give(subscription, event);
      expect(line.fired).toBe(true);
      expect((await deliveries.load(stream))?.deliveries, JSON.stringify(fault)).toHaveLength(1);
      // A kick that was lost, the sweep makes up for.
      expect(deliveries.streams.get(stream)?.dueAt).toBe(NOW);
    }
  });
});
