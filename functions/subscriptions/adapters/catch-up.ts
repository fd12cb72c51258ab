import { messageOf } from '../../shared/kernel/errors.ts';
import type { CommitFeed } from '../../shared/platform/log/commit-feed.ts';
import { FEED_PAGE, settledUntil } from '../../shared/platform/log/commit-feed.ts';
import type { Commit } from '../../shared/platform/log/event-log.ts';
import { eventsOf } from '../../shared/platform/log/stored-event.ts';
import { earlier, later, takesEffectAt } from '../domain/rule-care.ts';
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

/** What of the log a subscription is to be brought, between two positions. */
interface Look {
  subscription: Ruled;
  from: string;
  before: string;
}

/**
 * Brings from the log what rules may not have: they are put after their subscriptions, and take effect later still. What a rule brings
 * too is given once all the same. The log is read once for all of them, and each page is noted, so a death costs one page.
 *
 * @param now ISO 8601, UTC
 * @param isOver asked between pages: the next look goes on from there
 * @throws At its end, where some could not be brought theirs; the others are
 */
export async function catchUp(
  ports: CatchUpPorts,
  subscriptions: readonly Ruled[],
  { now, isOver }: { now: string; isOver(): boolean },
): Promise<void> {
  const failures: unknown[] = [];
  let looks = subscriptions.flatMap((one) => lookOf(one, now));
  while (looks.length > 0 && !isOver()) looks = await bringPage(ports, looks, failures);
  if (failures.length > 0)
    throw new Error(`${failures.length} were not brought what they missed: ${messageOf(failures[0])}`);
}

/** @returns what is left of the looks */
async function bringPage(ports: CatchUpPorts, looks: readonly Look[], failures: unknown[]): Promise<Look[]> {
  const before = looks.map((look) => look.before).reduce(later);
  const commits = await ports.feed.read(looks.map(({ from }) => from).reduce(earlier), before);
  const last = commits.length < FEED_PAGE ? undefined : commits.at(-1)?.position;
  const left: Look[] = [];
  for (const look of looks) {
    const next = await bring(ports, look, { commits, upTo: last ?? before }).catch((error: unknown) => {
      failures.push(error);
      return undefined;
    });
    if (next !== undefined) left.push(next);
  }
  return left;
}

function lookOf(subscription: Ruled, now: string): Look[] {
  const { catchUpFrom: from, ruleAt } = subscription;
  const before = earlier(settledUntil(now), takesEffectAt(ruleAt));
  return from !== undefined && from < before ? [{ subscription, from, before }] : [];
}

/** @returns what is left of it; nothing where it is done, or somebody else's, as its rule was put anew */
async function bring(
  { subscriptions, patterns, give }: CatchUpPorts,
  { subscription, from, before }: Look,
  { commits, upTo }: { commits: readonly Commit[]; upTo: string },
): Promise<Look | undefined> {
  const { subscriptionId, ruleAt } = subscription;
  const missed = commits.filter(({ position }) => position > from && position < before);
  for (const event of missed.flatMap(eventsOf)) {
    if (await patterns.matches(subscription, event)) await give(subscription, event);
  }
  if (upTo <= from) return { subscription, from, before };
  const isThrough = upTo >= before;
  const change = isThrough ? doneUpTo(before, subscription) : { catchUpFrom: upTo };
  const noted = await subscriptions.change(subscriptionId, change, { ruleAt });
  return noted === undefined || isThrough ? undefined : { subscription, from: upTo, before };
}

function doneUpTo(before: string, { ruleAt, isReady }: Ruled): SubscriptionChange {
  const isDone = before === takesEffectAt(ruleAt);
  return { catchUpFrom: isDone ? undefined : before, isReady: isReady || before >= ruleAt };
}
