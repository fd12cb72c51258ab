import { describe, expect, it } from 'vitest';
import type { AnyEvent } from '../../../functions/contracts/event.ts';
import { eventBridgePatterns } from '../../../functions/subscriptions/adapters/event-rules.ts';
import { matchedEvents } from '../../../functions/subscriptions/adapters/matched-events.ts';
import type { SubscriptionRecord } from '../../../functions/subscriptions/domain/subscription.ts';
import { MemoryEventBridge } from '../../support/subscriptions/memory-event-bridge.ts';
import { memorySubscriptions } from '../../support/subscriptions/memory-subscription-store.ts';
import { sampleSubscription, userEvent } from '../../support/subscriptions/subscription-samples.ts';

const LETTER = 'letter_01ARZ3NDEKTSV4RRFFQ69G5FAV';

async function given(...subscriptions: SubscriptionRecord[]) {
  new MemoryEventBridge();
  const { store, rows } = memorySubscriptions();
  for (const one of subscriptions) await store.create(one);
  const gifts: [subscriptionId: string, eventId: string, redriveOf?: string][] = [];
  const handle = matchedEvents({
    subscriptions: store,
    patterns: eventBridgePatterns(),
    give: async ({ subscriptionId }, { eventId }: AnyEvent, ...redriveOf) =>
      void gifts.push([subscriptionId, eventId, ...(redriveOf as [string])]),
  });
  return { handle, gifts, store, rows };
}

const event = userEvent({ data: { color: 'red' } });
const { eventId } = event;
const one = sampleSubscription();
const id = one.subscriptionId;

describe('an event that matched', () => {
  it('goes to the subscription that its rule names, and nobody else', async () => {
    const { handle, gifts } = await given(sampleSubscription(), one);
    await handle({ subscriptionId: id, event }, {});
    expect(gifts).toEqual([[id, eventId, undefined]]);
  });

  it('goes there whatever its pattern is by now: the rule has decided', async () => {
    const other = sampleSubscription({ eventType: 'something.else' });
    const { handle, gifts } = await given(other);
    await handle({ subscriptionId: other.subscriptionId, event }, {});
    expect(gifts).toHaveLength(1);
  });

  it('says of which dead letter it is', async () => {
    const { handle, gifts } = await given(one);
    await handle({ subscriptionId: id, event }, { redriveOf: LETTER });
    expect(gifts).toEqual([[id, eventId, LETTER]]);
  });

  it.each([
    ['is unknown', undefined],
    ['has ended', { isEnding: true }],
  ])('of a subscription that %s is nobody’s; sent again from a dead letter, it fails aloud', async (_what, change) => {
    const { handle, gifts, store } = await given(...(change ? [one] : []));
    if (change) await store.change(id, change);
    await handle({ subscriptionId: id, event }, {});
    await expect(handle({ subscriptionId: id, event }, { redriveOf: LETTER })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: `There is no subscription ${id}.`,
    });
    expect(gifts).toEqual([]);
  });

  it('is kept for one that is paused', async () => {
    const { handle, gifts } = await given({ ...one, isPaused: true });
    await handle({ subscriptionId: id, event }, {});
    expect(gifts).toHaveLength(1);
  });

  it('comes again where it could not be given', async () => {
    const { store } = await given(one);
    const broken = matchedEvents({
      subscriptions: store,
      patterns: { matches: async () => true },
      give: () => Promise.reject(new Error('The table is away.')),
    });
    await expect(broken({ subscriptionId: id, event }, {})).rejects.toThrow('The table is away.');
    await expect(broken(event, {})).rejects.toThrow('The table is away.');
  });
});

describe('an event as the bus had it', () => {
  it('goes to all whom it concerns, each once', async () => {
    const all = {
      exact: one,
      begins: sampleSubscription({ eventType: 'order.*' }),
      every: sampleSubscription({ eventType: '*', filter: { color: ['blue', 'red'] } }),
      paused: { ...sampleSubscription(), isPaused: true },
      blue: sampleSubscription({ filter: { color: ['blue'] } }),
      otherType: sampleSubscription({ eventType: 'order.lost' }),
      ended: { ...sampleSubscription(), isEnding: true },
    };
    const { handle, gifts } = await given(...Object.values(all));
    await handle(event, { redriveOf: LETTER });
    const { exact, begins, every, paused } = all;
    // Under its own name, not the letter's: who has it already is given it no second time.
    expect(gifts).toEqual([exact, begins, every, paused].map(({ subscriptionId }) => [subscriptionId, eventId]));
  });

  it('concerns nobody where nobody subscribes', async () => {
    const { handle, gifts } = await given();
    await handle(event, {});
    expect(gifts).toEqual([]);
  });
});
