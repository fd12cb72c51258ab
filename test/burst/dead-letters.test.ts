import { expect, it } from 'vitest';
import { waitFor } from '../../local/process/waiting.ts';
import { ApiClient } from '../support/cloud/api-client.ts';
import { receiver } from '../support/cloud/callbacks.ts';
import { cloud } from '../support/cloud/cloud.ts';
import { groupsOf, redriven, subscriberLetters } from '../support/cloud/dead-letter-flow.ts';
import { ownEventType, publish, subscribe } from '../support/cloud/subscribers.ts';
import { answer } from '../support/outgoing/fault-server.ts';
import { isDrill } from '../support/seeds.ts';

/** For each of three subscribers that refuse, each in its own way. */
const EVENTS = isDrill ? 334 : 100;
const CAUSES = [500, 404, 503];
const LIMIT_MS = isDrill ? 600_000 : 150_000;
const AT_ONCE = 25;

it(`${CAUSES.length * EVENTS} dead letters of three causes make three groups, and one group is sent again to the letter`, {
  timeout: LIMIT_MS + 120_000,
}, async () => {
  const api = new ApiClient(cloud.apiKey);
  const eventType = ownEventType('refused');
  const hooks = await Promise.all(CAUSES.map((status) => receiver(answer(status))));
  const retryPolicy = { maxAttempts: 1 };
  const subscriptions = await Promise.all(hooks.map((hook) => subscribe(api, hook, { eventType, retryPolicy })));
  const numbers = Array.from({ length: EVENTS }, (_, number) => number);
  const publishAll = async (): Promise<void> => {
    for (let number = numbers.shift(); number !== undefined; number = numbers.shift())
      await publish(api, eventType, { number });
  };
  await Promise.all(Array.from({ length: AT_ONCE }, publishAll));

  const ids = subscriptions.map(({ subscriptionId }) => subscriptionId);
  const letters = await subscriberLetters(api, ids, { count: CAUSES.length * EVENTS, limitMs: LIMIT_MS });
  const fingerprints = new Set(letters.map(({ fingerprint }) => fingerprint));
  const ownGroups = async () => (await groupsOf(api)).filter(({ fingerprint }) => fingerprints.has(fingerprint));
  expect((await ownGroups()).map(({ count, queue }) => [count, queue])).toEqual(
    CAUSES.map(() => [EVENTS, 'subscriptions']),
  );

  hooks[0]?.behave(answer(204));
  const ofFirst = letters.filter(({ subscriptionId }) => subscriptionId === ids[0]);
  const { fingerprint } = ofFirst[0] as { fingerprint: string };
  const all = { matched: EVENTS, redriven: EVENTS, skipped: 0, failed: 0 };
  expect(await redriven(api, { fingerprint, dryRun: true })).toMatchObject(all);
  expect(await redriven(api, { fingerprint })).toMatchObject(all);
  const told = () => new Set(hooks[0]?.taken.map(({ headers }) => headers['webhook-id']));
  await waitFor(() => told().size >= EVENTS || undefined, { everyMs: 200, limitMs: LIMIT_MS });
  expect([told().size, hooks[0]?.taken.length]).toEqual([EVENTS, EVENTS]);
  expect((await ownGroups()).map(({ count }) => count)).toEqual([EVENTS, EVENTS]);
});
