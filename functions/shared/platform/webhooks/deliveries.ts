import type { DeliveryAttempt } from '../../../contracts/api/webhook.ts';
import type { DeliveryStatus } from '../../../contracts/webhooks.ts';

/** Where the messages about one thing go, one after the other: the id of a request, a task. */
export interface WebhookStream {
  /** The id of what it tells of. */
  stream: string;
  url: string;
  /** Whose secret signs: the API key, or the subscription. */
  owner: string;
  correlationId: string;
  subscription?: SubscribedStream;
}

/** Of an event that goes to a subscriber: the subscription may be paused and ended, and counts what is delivered. */
export interface SubscribedStream {
  subscriptionId: string;
  maxTries: number;
  /** A message that is given up becomes a dead letter. */
  deadLetters: boolean;
  /** The dead letter that was sent again so. */
  redriveOf?: string;
}

/** A message as its sender gives it. A message with this place in its stream is there once, however often it is given. */
export interface NewDelivery {
  stream: string;
  /** 1 and up; gaps are allowed. The messages of a stream go out in this order. */
  seq: number;
  /** JSON, sent as these very bytes. */
  body: string;
  /** ISO 8601, UTC; so are all times here. */
  createdAt: string;
  /** Of its stream and place where it is left out. */
  webhookId?: string;
}

export interface DeliveryRecord extends NewDelivery {
  deliveryId: string;
  webhookId: string;
  status: DeliveryStatus;
  /** Tries since it was given, or since its last replay: where it stands in the schedule. */
  tries: number;
  /** The newest 50, oldest first. */
  attempts: DeliveryAttempt[];
  /** Of a pending one: not before. */
  nextAttemptAt: string;
  /** How often it was given up. */
  exhaustions: number;
  revision: number;
}

/** How long what was said stays to be read (api.md). */
export const KEPT_DAYS = 7;

/** `-`, not `.`: a signature's parts are joined by dots (Standard Webhooks). */
export const deliveryIdOf = (stream: string, seq: number): string => `${stream}-${seq}`;
export const webhookIdOf = (stream: string, seq: number): string => `msg_${stream}-${seq}`;
