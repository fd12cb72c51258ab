import type { AnyEvent } from '../../../functions/contracts/event.ts';
import type { SubscribedStream } from '../../../functions/shared/platform/webhooks/deliveries.ts';
import { userEvent } from '../subscriptions/subscription-samples.ts';
import type { WebhookWorld } from './webhook-world.ts';

export const SUB = 'sub_01ARZ3NDEKTSV4RRFFQ69G5FAV';

/** An event on its way to a subscriber, whose giver has kicked its stream. The subscription is active. */
export async function givenEvent(
  world: WebhookWorld,
  changes: Partial<SubscribedStream> = {},
  event: AnyEvent = userEvent({ data: { total: 5 } }),
) {
  const subscription = { subscriptionId: SUB, maxTries: 3, deadLetters: true, ...changes };
  const { subscriptionId } = subscription;
  const id = `${subscriptionId}-${event.eventId}`;
  const { store, subscriptions } = world;
  subscriptions.states.set(subscriptionId, subscriptions.states.get(subscriptionId) ?? 'active');
  const url = 'https://subscriber.example/hook';
  store.commit(store.open({ stream: id, url, owner: subscriptionId, correlationId: 'corr_1', subscription }));
  const body = JSON.stringify({ subscriptionId, event });
  const createdAt = new Date().toISOString();
  store.commit(store.add({ stream: id, seq: 1, body, createdAt, webhookId: event.eventId }));
  await world.kick(id);
  const delivery = async () => (await store.load(id))?.deliveries[0];
  const row = () => store.streams.get(id);
  return { id, event, subscriptionId, body, delivery, row };
}

export const pause = ({ subscriptions }: WebhookWorld): unknown => subscriptions.states.set(SUB, 'paused');

/** What a resumption does: the state first, then the look for what was put aside. */
export async function resume(world: WebhookWorld, shown: (stream: string) => boolean = () => true): Promise<void> {
  world.subscriptions.states.set(SUB, 'active');
  await release(world, shown);
}

export async function release(world: WebhookWorld, shown: (stream: string) => boolean = () => true): Promise<void> {
  for await (const streams of world.queue.parked(SUB))
    for (const stream of streams.filter(shown)) {
      await world.queue.unpark(stream, SUB);
      await world.kick(stream);
    }
}
