import type { CommitFeed } from '../../shared/platform/log/commit-feed.ts';
import { FEED_PAGE, settledUntil } from '../../shared/platform/log/commit-feed.ts';
import { eventsOf } from '../../shared/platform/log/stored-event.ts';
import { earlier, takesEffectAt } from '../domain/rule-care.ts';
import type { SubscriptionRecord } from '../domain/subscription.ts';
import type { GiveEvent } from './event-deliveries.ts';
import type { EventPatterns } from './event-rules.ts';
import type { SubscriptionChange, SubscriptionStore } from './subscription-store.ts';

export interface CatchUpPorts {
  subscriptions: Pick<SubscriptionStore, 'change'>;
  patterns: Pick<EventPatterns, 'matches'>;
  feed: CommitFeed;
  give: GiveEvent;
}

/** The rule is there. */
export type Ruled = SubscriptionRecord & { ruleAt: string };

/**
 * Brings from the log what the rule may not have: it is put after the subscription, and takes effect later still. What the rule brings
 * too is given once all the same. Each page is noted, so a death costs one page.
 *
 * @param now ISO 8601, UTC
 * @param isOver asked between pages: the next look goes on from there
 */
export async function catchUp(ports: CatchUpPorts, known: Ruled, { now, isOver }: { now: string; isOver(): boolean }) {
  const { ruleAt } = known;
  const before = earlier(settledUntil(now), takesEffectAt(ruleAt));
  const note = (change: SubscriptionChange) => ports.subscriptions.change(known.subscriptionId, change, { ruleAt });
  let subscription: SubscriptionRecord | undefined = known;
  while (subscription?.catchUpFrom !== undefined && subscription.catchUpFrom < before && !isOver()) {
    const last = await bringPage(ports, subscription, { from: subscription.catchUpFrom, before });
    subscription = await note(last === undefined ? doneUpTo(before, known) : { catchUpFrom: last });
  }
}

/** @returns where to go on, if there may be more */
async function bringPage(
  { feed, patterns, give }: CatchUpPorts,
  subscription: SubscriptionRecord,
  { from, before }: { from: string; before: string },
): Promise<string | undefined> {
  const commits = await feed.read(from, before);
  for (const event of commits.flatMap(eventsOf)) {
    if (await patterns.matches(subscription, event)) await give(subscription, event);
  }
  return commits.length < FEED_PAGE ? undefined : commits.at(-1)?.position;
}

function doneUpTo(before: string, { ruleAt, isReady }: Ruled): SubscriptionChange {
  const isDone = before === takesEffectAt(ruleAt);
  return { catchUpFrom: isDone ? undefined : before, isReady: isReady || before >= ruleAt };
}
