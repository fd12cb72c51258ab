import type { Subscription } from '../../contracts/api/subscription.ts';

/** A subscription as it is kept. Times are ISO 8601, UTC. */
export interface SubscriptionRecord {
  subscriptionId: string;
  eventType: string;
  filter?: Record<string, unknown>;
  url: string;
  maxAttempts: number;
  deadLetters: boolean;
  /** The key that asked for it. */
  keyId: string;
  createdAt: string;
  updatedAt: string;
  isPaused: boolean;
  resumedAt?: string;
  /** To be removed, and deaf already. */
  isEnding: boolean;
  /** When its rule was put; none yet where it is left out. */
  ruleAt?: string;
  /** What the log has from here on may not have come by the rule. Left out where all comes by it. */
  catchUpFrom?: string;
  /** The log was looked through once since the rule is there. */
  isReady: boolean;
  successes: number;
  failures: number;
  lastError?: string;
}

export type NewSubscription = Pick<
  SubscriptionRecord,
  'subscriptionId' | 'eventType' | 'filter' | 'url' | 'maxAttempts' | 'deadLetters' | 'keyId' | 'createdAt'
>;

/** Clocks of those who write events and of those who subscribe may differ by so much (design, "Breaker"). */
const CLOCK_SKEW_MS = 2000;

/** What stands before it in the log was there before the subscription. */
export function hearsFrom({ createdAt }: Pick<SubscriptionRecord, 'createdAt'>): string {
  return new Date(Date.parse(createdAt) - CLOCK_SKEW_MS).toISOString();
}

export function newSubscription(asked: NewSubscription): SubscriptionRecord {
  return {
    ...asked,
    updatedAt: asked.createdAt,
    isPaused: false,
    isEnding: false,
    isReady: false,
    catchUpFrom: hearsFrom(asked),
    successes: 0,
    failures: 0,
  };
}

export function statusOf({ isPaused, isReady }: SubscriptionRecord): Subscription['status'] {
  if (isPaused) return 'paused';
  return isReady ? 'active' : 'pending';
}

export function viewOf(record: SubscriptionRecord): Subscription {
  const { subscriptionId, eventType, filter, lastError, createdAt, updatedAt } = record;
  return {
    subscriptionId,
    eventType,
    ...(filter !== undefined && { filter }),
    target: { url: record.url },
    retryPolicy: { maxAttempts: record.maxAttempts },
    deadLetterQueue: record.deadLetters,
    status: statusOf(record),
    metrics: {
      success: record.successes,
      error: record.failures,
      ...(lastError !== undefined && { lastError }),
    },
    createdAt,
    updatedAt,
  };
}
