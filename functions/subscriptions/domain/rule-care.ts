import type { SubscriptionRecord } from './subscription.ts';
import { hearsFrom } from './subscription.ts';

/** A rule takes effect "after a short period of time" (EventBridge API reference, "PutRule"); this is a long one. */
const TAKES_EFFECT_MS = 120_000;

/** Streams that were put aside beside a resumption may come to the index late. */
const LOOKS_AFTER_RESUMPTION_MS = 600_000;

/** What comes about a rule that is gone was told by it before its last look, but for what was on its way. */
const ON_ITS_WAY_MS = 120_000;

/** A rule is only missed once it had time to be listed. */
const LISTED_MS = 10_000;

/** ISO 8601 timestamps, and positions, which begin with one, sort as texts. */
export function earlier(one: string, other: string): string {
  return one.localeCompare(other) < 0 ? one : other;
}

export function later(one: string, other: string): string {
  return earlier(one, other) === one ? other : one;
}

const isoOf = (ms: number): string => new Date(ms).toISOString();

/** From then on everything comes by the rule. ISO 8601, UTC. */
export function takesEffectAt(ruleAt: string): string {
  return isoOf(Date.parse(ruleAt) + TAKES_EFFECT_MS);
}

/** @param listedAt when the rules were looked at: in ms since 1970 */
export function isLost({ subscriptionId, ruleAt }: SubscriptionRecord, rules: ReadonlySet<string>, listedAt: number) {
  return ruleAt !== undefined && !rules.has(subscriptionId) && Date.parse(ruleAt) < listedAt - LISTED_MS;
}

/**
 * Where the log is to be looked through from, once a rule is put (anew). What stands before `catchUpFrom` has come already.
 *
 * @param lastKept when the rule was seen last
 */
export function catchUpFrom(subscription: SubscriptionRecord, lastKept: string | undefined): string {
  if (subscription.catchUpFrom !== undefined) return subscription.catchUpFrom;
  const first = hearsFrom(subscription);
  const seen = lastKept === undefined ? first : isoOf(Date.parse(lastKept) - ON_ITS_WAY_MS);
  return later(first, seen);
}

/** From then on nothing that was put aside before can come to sight any more. */
export function isLongResumed({ resumedAt = '' }: SubscriptionRecord, now: number): boolean {
  return Date.parse(resumedAt) < now - LOOKS_AFTER_RESUMPTION_MS;
}
