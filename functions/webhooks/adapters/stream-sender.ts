import type { FailedEvent } from '../../contracts/failed-event.ts';
import type { TryOutcome } from '../../contracts/webhook-outcome.ts';
import { newLogger } from '../../shared/platform/logger.ts';
import type { Noted } from '../../shared/platform/subscriptions/subscription-states.ts';
import type { DeliveryRecord } from '../../shared/platform/webhooks/deliveries.ts';
import type { StreamRows } from '../../shared/platform/webhooks/delivery-rows.ts';
import type { WebhookSecrets } from '../../shared/platform/webhooks/webhook-secrets.ts';
import type { SendWebhook } from '../../shared/platform/webhooks/webhook-sender.ts';
import type { Schedule } from '../domain/delivery-schedule.ts';
import { afterTry } from '../domain/delivery-schedule.ts';
import type { Claim } from './delivery-queue.ts';
import type { Exhausted } from './exhausted-delivery.ts';
import { exhaustedCommit, exhaustedLetter } from './exhausted-delivery.ts';
import type { GatePorts } from './subscriber-gate.ts';
import { gateOf, noteFor, park, withdraw } from './subscriber-gate.ts';

export interface StreamSenderPorts extends GatePorts {
  secrets: Pick<WebhookSecrets, 'active'>;
  send: SendWebhook;
  /** Of callbacks. */
  deadLetter(letter: FailedEvent): Promise<void>;
  /** Of subscriptions: their letters are sent again elsewhere. */
  subscriberLetter(letter: FailedEvent): Promise<void>;
  schedule: Schedule;
  /** In ms since 1970. */
  now(): number;
}

/** A try of 15 s and what is around it. */
const NEEDED_MS = 20_000;

/** The longest that a queue holds back a message; what is due later, the sweep finds. */
const MAX_KICK_SECONDS = 900;

const KEPT_ATTEMPTS = 50;

const UNSENT = 'The receiver had answered before that nothing is taken there any more.';

const logger = newLogger();

/**
 * Sends what is due in a stream, one message after the other: only the lowest one that is pending goes out, so a receiver hears of
 * changes in their order. May run beside itself, and may be cut off anywhere: the claim lets one in at a time, and what is recorded at
 * a message's revision is recorded once. A message that went out and was not recorded goes out again, under its id.
 *
 * @returns sends until that moment (ms since 1970); what is left then is kicked again
 */
export function streamSender(ports: StreamSenderPorts): (stream: string, until: number) => Promise<void> {
  return async (stream, until) => {
    let claim = await ports.queue.claim(stream, isoOf(ports.now()));
    while (claim !== undefined) claim = await step(ports, claim, until);
  };
}

const isoOf = (ms: number): string => new Date(ms).toISOString();

/**
 * What breaks is the message of the queue's to tell, by coming again until it is a dead letter. Kept, the claim would send the next
 * delivery away as if all were well.
 */
async function unlessBroken<Result>(
  { queue, now }: StreamSenderPorts,
  claim: Claim,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    await queue.drop(claim, isoOf(now())).catch(() => undefined);
    throw error;
  }
}

/** @returns the claim to go on with, if there is to be gone on */
function step(ports: StreamSenderPorts, claim: Claim, until: number): Promise<Claim | undefined> {
  return unlessBroken(ports, claim, () => next(ports, claim, until));
}

async function next(ports: StreamSenderPorts, claim: Claim, until: number): Promise<Claim | undefined> {
  const rows = await ports.queue.read(claim.stream);
  if (rows?.claimedUntil !== claim.until) return undefined;
  const delivery = rows.deliveries.find(({ status }) => status === 'pending');
  if (delivery === undefined) return leave(ports, claim, rows);
  const gate = await gateOf(ports, rows);
  if (gate === 'paused') return park(ports, claim, rows);
  if (gate === 'active') return nextTry(ports, claim, { rows, delivery, until });
  await withdraw(ports, delivery, isoOf(ports.now()));
  return claim;
}

async function nextTry(
  ports: StreamSenderPorts,
  claim: Claim,
  { rows, delivery, until }: { rows: StreamRows; delivery: DeliveryRecord; until: number },
): Promise<Claim | undefined> {
  const now = ports.now();
  const dueAt = Date.parse(delivery.nextAttemptAt);
  if (!rows.gone && dueAt > now) return leave(ports, claim, rows, dueAt);
  if (until - now < NEEDED_MS) return leave(ports, claim, rows, now);
  const secrets = rows.gone ? [] : await ports.secrets.active(rows.stream.owner);
  const held = await kept(ports, claim);
  if (held === undefined) return undefined;
  // What could not be recorded is met again as it stands now, unless somebody else has taken the stream over.
  await unlessBroken(ports, held, () =>
    rows.gone ? giveUp(ports, rows, delivery) : tryOnce(ports, rows, { delivery, secrets }),
  );
  return held;
}

/** Lets go of the stream, unless something was given to it meanwhile: then that is looked at. */
async function leave(
  { queue, kick, now }: StreamSenderPorts,
  claim: Claim,
  read: StreamRows,
  dueAt?: number,
): Promise<Claim | undefined> {
  const released = await queue.release(claim, read, dueAt === undefined ? undefined : isoOf(dueAt));
  if (!released) return claim;
  const delay = dueAt === undefined ? Number.POSITIVE_INFINITY : Math.max(0, Math.ceil((dueAt - now()) / 1000));
  if (delay <= MAX_KICK_SECONDS) await kick(claim.stream, delay);
  return undefined;
}

/** A claim that outlasts a try. */
async function kept({ queue, now: clock }: StreamSenderPorts, claim: Claim): Promise<Claim | undefined> {
  const now = clock();
  return Date.parse(claim.until) - now >= NEEDED_MS ? claim : queue.renew(claim, isoOf(now));
}

async function tryOnce(
  ports: StreamSenderPorts,
  rows: StreamRows,
  { delivery, secrets }: { delivery: DeliveryRecord; secrets: readonly string[] },
): Promise<void> {
  const { stream, url, correlationId } = rows.stream;
  const { deliveryId, webhookId, body } = delivery;
  const outcome = await ports.send({ url, webhookId, body, secrets, correlationId });
  const { delivered, attempt } = outcome;
  logger.info('Webhook tried', { stream, deliveryId, correlationId, delivered, ...attempt });
  await settle(ports, rows, { delivery, outcome });
}

async function settle(
  ports: StreamSenderPorts,
  rows: StreamRows,
  { delivery, outcome }: { delivery: DeliveryRecord; outcome: TryOutcome },
): Promise<void> {
  const tries = delivery.tries + 1;
  const attempts = [...delivery.attempts, outcome.attempt].slice(-KEPT_ATTEMPTS);
  const tried = { ...delivery, tries, attempts, revision: delivery.revision + 1 };
  const verdict = afterTry(outcome, tries, { ...ports.schedule, maxTries: rows.stream.subscription?.maxTries });
  if (verdict.status === 'exhausted') {
    const reason = outcome.attempt.error ?? 'The last try failed.';
    return exhaust(ports, rows, { before: delivery, tried, reason, gone: outcome.gone });
  }
  const next = verdict.status === 'pending' ? { nextAttemptAt: isoOf(ports.now() + verdict.waitMs) } : {};
  const after = { ...tried, status: verdict.status, ...next };
  const recorded = await ports.queue.record({ before: delivery, after, gone: false });
  if (recorded) await noteFor(ports, rows, notedOf(outcome));
}

function notedOf({ delivered, attempt: { error = '' } }: TryOutcome): Noted {
  return delivered ? { delivered } : { delivered, error, exhausted: false };
}

function giveUp(ports: StreamSenderPorts, rows: StreamRows, delivery: DeliveryRecord): Promise<void> {
  const tried = { ...delivery, revision: delivery.revision + 1 };
  return exhaust(ports, rows, { before: delivery, tried, reason: UNSENT, gone: false, onlyIfGone: true });
}

interface Exhaustion {
  before: DeliveryRecord;
  tried: DeliveryRecord;
  reason: string;
  gone: boolean;
  onlyIfGone?: boolean;
}

/** The letter goes first: a message that is given up has one, and where this is cut off in between it gets another. */
async function exhaust(
  ports: StreamSenderPorts,
  rows: StreamRows,
  { before, tried, reason, ...when }: Exhaustion,
): Promise<void> {
  const { stream } = rows;
  const after: DeliveryRecord = { ...tried, status: 'exhausted', exhaustions: before.exhaustions + 1 };
  const exhausted = { stream, delivery: after, reason };
  await sendLetter(ports, exhausted);
  const commit = exhaustedCommit(exhausted, isoOf(ports.now()));
  const recorded = await ports.queue.record({ before, after, ...when, commit });
  if (recorded) await noteFor(ports, rows, { delivered: false, error: reason, exhausted: true });
}

async function sendLetter({ deadLetter, subscriberLetter }: StreamSenderPorts, exhausted: Exhausted): Promise<void> {
  const { subscription } = exhausted.stream;
  if (subscription === undefined) return deadLetter(exhaustedLetter(exhausted));
  if (subscription.deadLetters) await subscriberLetter(exhaustedLetter(exhausted));
}
