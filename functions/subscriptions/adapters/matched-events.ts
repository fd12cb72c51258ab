import type { AnyEvent } from '../../contracts/event.ts';
import { AppError } from '../../shared/kernel/errors.ts';
import type { GiveEvent } from './event-deliveries.ts';
import type { EventPatterns } from './event-rules.ts';
import type { SubscriptionStore } from './subscription-store.ts';

/** An event for one subscription, as its rule brings it. */
export interface MatchedEvent {
  subscriptionId: string;
  event: AnyEvent;
}

export interface MatchedPorts {
  subscriptions: Pick<SubscriptionStore, 'find' | 'all'>;
  patterns: Pick<EventPatterns, 'matches'>;
  give: GiveEvent;
}

/** Brings events that matched to their subscribers. What comes for a subscription that has ended is nobody's. */
export function matchedEvents(ports: MatchedPorts) {
  return async (detail: MatchedEvent | AnyEvent, { redriveOf }: { redriveOf?: string }): Promise<void> => {
    if (!('subscriptionId' in detail)) return giveToAll(ports, detail);
    const { subscriptionId, event } = detail;
    const subscription = await ports.subscriptions.find(subscriptionId);
    if (subscription !== undefined && !subscription.isEnding) return ports.give(subscription, event, redriveOf);
    if (redriveOf !== undefined) throw new AppError('NOT_FOUND', `There is no subscription ${subscriptionId}.`);
  };
}

/**
 * What EventBridge could not bring here is dead-lettered as it was on the bus, and does not say whose it is. Sent again, it goes to all
 * whom it concerns; those who have it are not given it twice.
 */
async function giveToAll({ subscriptions, patterns, give }: MatchedPorts, event: AnyEvent): Promise<void> {
  for (const subscription of await subscriptions.all()) {
    if (subscription.isEnding || !(await patterns.matches(subscription, event))) continue;
    await give(subscription, event);
  }
}
