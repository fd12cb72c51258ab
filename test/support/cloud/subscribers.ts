import { afterAll } from 'vitest';
import type { Subscription } from '../../../functions/contracts/api/subscription.ts';
import type { AnyEvent } from '../../../functions/contracts/event.ts';
import { waitFor } from '../../../local/process/waiting.ts';
import type { ApiClient } from './api-client.ts';
import { dataOf } from './api-client.ts';
import type { Receiver } from './callbacks.ts';
import { verified } from './callbacks.ts';

export type NewSubscription = Subscription & { secret: string };

/** What a subscriber is sent. */
export interface Heard {
  subscriptionId: string;
  event: AnyEvent;
}

const made: { api: ApiClient; subscriptionId: string }[] = [];

/** Whoever is subscribed costs the cloud something with every event. */
afterAll(async () => {
  await Promise.all(
    made.map(({ api, subscriptionId }) => api.call(`/subscriptions/${subscriptionId}`, { method: 'DELETE' })),
  );
});

let count = 0;
const run = Math.random().toString(36).slice(2, 10);

/** A type of event that nobody else publishes or hears: tests share the cloud. */
export function ownEventType(name: string): string {
  count += 1;
  return `test.${run}-${count}.${name}`;
}

export async function subscribe(
  api: ApiClient,
  hook: Pick<Receiver, 'url'>,
  wanted: { eventType: string; filter?: object; retryPolicy?: { maxAttempts: number }; deadLetterQueue?: boolean },
): Promise<NewSubscription> {
  const subscription = dataOf<NewSubscription>(
    await api.create('/subscriptions', { ...wanted, target: { url: hook.url } }),
  );
  made.push({ api, subscriptionId: subscription.subscriptionId });
  return subscription;
}

export async function publish(api: ApiClient, eventType: string, data: object): Promise<AnyEvent> {
  return dataOf<AnyEvent>(await api.create('/events', { eventType, source: 'tests', data }));
}

export const subscriptionOf = (api: ApiClient, { subscriptionId }: { subscriptionId: string }): Promise<Subscription> =>
  api.data<Subscription>(`/subscriptions/${subscriptionId}`);

/** The subscription once it is as wanted. */
export async function untilSubscription(
  api: ApiClient,
  subscription: { subscriptionId: string },
  isReached: (now: Subscription) => boolean,
): Promise<Subscription> {
  let last: Subscription | undefined;
  const look = async () => {
    last = await subscriptionOf(api, subscription);
    return isReached(last) ? last : undefined;
  };
  const found = await waitFor(look, { everyMs: 300, limitMs: 90_000 });
  if (found === undefined) throw new Error(`The subscription stayed ${JSON.stringify(last)}`);
  return found;
}

/** What a receiver has taken, verified by the reference library, once it is as much as that. */
export async function heardBy(hook: Receiver, secret: string, atLeast: number): Promise<Heard[]> {
  await waitFor(() => hook.taken.length >= atLeast || undefined, { everyMs: 50, limitMs: 90_000 });
  return hook.taken.map((one) => verified(secret, one) as unknown as Heard);
}

export const idsOf = (heard: readonly Heard[]): string[] =>
  [...new Set(heard.map(({ event }) => event.eventId))].sort();
