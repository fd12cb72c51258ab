import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import type { DeliveryRecord, NewDelivery, WebhookStream } from './deliveries.ts';

export type Write = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** What a sender of messages writes in the transaction that changes what they tell of, so that neither is there without the other. */
export interface DeliveryWrites {
  /** Opens a stream; one that is open already fails the transaction. */
  open(stream: WebhookStream): Write[];
  /** Gives a message. One that has its place already, or a stream that was never opened, fails the transaction. */
  add(delivery: NewDelivery): Write[];
}

/** What is known of a stream and of every message in it that is not forgotten, the lowest first. */
export interface StreamState {
  stream: WebhookStream;
  /** The place of the message that was given last, 0 where none was: also when it is forgotten. */
  lastGiven: number;
  deliveries: DeliveryRecord[];
}

/** Messages on their way to callback addresses, as their senders and readers see them. */
export interface DeliveryStore extends DeliveryWrites {
  /** Consistent. `undefined` for a stream that was never opened, or of which everything is forgotten. */
  load(stream: string): Promise<StreamState | undefined>;
  /** Makes a message pending again, at the schedule's beginning, under the same ids. One that is pending is due at once. */
  replay(delivery: DeliveryRecord, now: string): Promise<DeliveryRecord>;
}

/** Has a stream looked at, now or some seconds (at most 900) later. A kick that is lost is made up for by the sweep of each minute. */
export type Kick = (stream: string, delaySeconds?: number) => Promise<void>;
