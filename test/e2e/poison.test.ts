import { expect, it } from 'vitest';
import { waitFor } from '../../local/process/waiting.ts';
import { ApiClient } from '../support/cloud/api-client.ts';
import { receiver } from '../support/cloud/callbacks.ts';
import { cloud } from '../support/cloud/cloud.ts';
import { redriven, subscriberLetters } from '../support/cloud/dead-letter-flow.ts';
import type { Heard } from '../support/cloud/subscribers.ts';
import { ownEventType, publish, subscribe, subscriptionOf } from '../support/cloud/subscribers.ts';
import { answer } from '../support/outgoing/fault-server.ts';

const EVENTS = 12;
const POISON = 5;
const SHAKY = 8;

/** A receiver with a state: what it has taken, by number, each event id once. It throws at one event until it is mended, at another thrice. */
async function ledger() {
  const seen = new Map<string, number>();
  let isMended = false;
  let refusals = 0;
  const hook = await receiver((response, request) => {
    const { event } = JSON.parse(request.body) as Heard;
    const { number } = event.data as { number: number };
    const throws = (number === POISON && !isMended) || (number === SHAKY && refusals < 3);
    if (number === SHAKY && throws) refusals += 1;
    if (!throws) seen.set(event.eventId, number);
    answer(throws ? 500 : 204)(response, request);
  });
  return {
    hook,
    mend: () => {
      isMended = true;
    },
    refusals: () => refusals,
    state: () => [...seen.values()].sort((one, other) => one - other),
  };
}

it('poison waits with payload and reason while the others finish; mended, one redrive makes all as in a clean run', async () => {
  const api = new ApiClient(cloud.apiKey);
  const { hook, mend, refusals, state } = await ledger();
  const eventType = ownEventType('poison');
  const { subscriptionId } = await subscribe(api, hook, { eventType, retryPolicy: { maxAttempts: 5 } });
  for (let number = 1; number <= EVENTS; number += 1) await publish(api, eventType, { number });
  const all = Array.from({ length: EVENTS }, (_, index) => index + 1);
  const clean = all.filter((number) => number !== POISON);

  const [letter] = await subscriberLetters(api, [subscriptionId], { count: 1 });
  await waitFor(() => state().length === clean.length || undefined, { everyMs: 100, limitMs: 60_000 });
  expect([state(), refusals()]).toEqual([clean, 3]);
  expect(letter).toMatchObject({ queue: 'subscriptions', eventType, retryCount: 4, status: 'open' });
  expect(letter?.error).toContain('status 500');
  const { detail } = JSON.parse(letter?.message ?? '') as { detail: Heard };
  expect(detail).toMatchObject({ subscriptionId, event: { data: { number: POISON } } });

  mend();
  const { deadLetterId, fingerprint } = letter as { deadLetterId: string; fingerprint: string };
  expect(await redriven(api, { fingerprint, dryRun: true })).toMatchObject({
    matched: 1,
    redriven: 1,
    skipped: 0,
    failed: 0,
  });
  expect(await redriven(api, { fingerprint })).toMatchObject({ matched: 1, redriven: 1, skipped: 0, failed: 0 });
  await waitFor(() => state().length === EVENTS || undefined, { everyMs: 100, limitMs: 60_000 });
  expect(state()).toEqual(all);
  const taken = hook.taken.length;

  expect(await redriven(api, { fingerprint })).toMatchObject({ matched: 0, redriven: 0, skipped: 0, failed: 0 });
  expect(await redriven(api, { deadLetterIds: [deadLetterId] })).toMatchObject({ matched: 1, redriven: 0, skipped: 1 });
  await new Promise((resolve) => setTimeout(resolve, 2000));
  expect([state(), hook.taken.length]).toEqual([all, taken]);
  expect((await subscriptionOf(api, { subscriptionId })).metrics).toMatchObject({ success: EVENTS, error: 1 });
});
