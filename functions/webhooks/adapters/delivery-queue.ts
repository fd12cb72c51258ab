import type { Commit } from '../../shared/platform/log/event-log.ts';
import type { DeliveryRecord } from '../../shared/platform/webhooks/deliveries.ts';
import type { StreamRows } from '../../shared/platform/webhooks/delivery-rows.ts';

/** The right to send what is in a stream. It runs out, so that a sender's death holds up nothing for long. */
export interface Claim {
  stream: string;
  /** ISO 8601, UTC; each claim of a stream has a later one, so it tells claims apart. */
  until: string;
}

/** What a try, or the lack of one, made of a message. */
export interface DeliveryChange {
  before: DeliveryRecord;
  after: DeliveryRecord;
  /** From here on nothing is sent to this stream's address. */
  gone: boolean;
  /** Holds only as long as nothing is sent there: given up unsent, a message that was given again meanwhile would be lost. */
  onlyIfGone?: boolean;
  /** What the event log says of it. */
  commit?: Commit;
}

/** Streams as the function sees them that sends. Times are ISO 8601, UTC. */
export interface DeliveryQueue {
  /** `undefined`: there is nothing to send now, or somebody else is at it. */
  claim(stream: string, now: string): Promise<Claim | undefined>;
  /** For as long as a new claim would last. `undefined`: somebody else has taken the stream over. */
  renew(claim: Claim, now: string): Promise<Claim | undefined>;
  /** Consistent. */
  read(stream: string): Promise<StreamRows | undefined>;
  /** All of the change or nothing. `false`: the message is not as it was before. */
  record(change: DeliveryChange): Promise<boolean>;
  /**
   * Lets go of a stream until then; without a time, until something is given to it. `false`: it is no longer as it was read, or
   * somebody else's, and stays as it is.
   */
  release(claim: Claim, read: Pick<StreamRows, 'revision' | 'lastCalled'>, dueAt?: string): Promise<boolean>;
  /** Lets go of a stream until its subscription is resumed. `false`: it is no longer as it was read, or somebody else's. */
  park(claim: Claim, read: Pick<StreamRows, 'revision'>, subscriptionId: string): Promise<boolean>;
  /** Has a parked stream looked at again; one that is not parked stays as it is. */
  unpark(stream: string, subscriptionId: string): Promise<void>;
  /** Lets go of a stream in the middle of something: it is due at once, whatever it looks like. */
  drop(claim: Claim, now: string): Promise<void>;
}

/** The streams to be looked at, page by page; an index gives them, which may lag. */
export type DueStreams = (now: string) => AsyncIterable<readonly string[]>;

const CLAIM_MS = 30_000;

export function claimUntil(now: string): string {
  return new Date(Date.parse(now) + CLAIM_MS).toISOString();
}

/** Clocks of environments differ by no more (design, "Breaker"): what another one calls due is not put off here. */
const CLOCK_SKEW_MS = 2000;

export function soonAfter(now: string): string {
  return new Date(Date.parse(now) + CLOCK_SKEW_MS).toISOString();
}
