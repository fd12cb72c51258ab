import { REDRIVE_OF, redriveOf } from '../../contracts/dead-letters.ts';
import type { FailedEvent } from '../../contracts/failed-event.ts';
import { fieldsOf, idsOf, UNREADABLE } from '../../contracts/messages.ts';

/** A message of a dead letter queue as Lambda brings it, as far as a letter is read from it. */
export interface QueueMessage {
  body: string;
  attributes: {
    /** Milliseconds since 1970. */
    SentTimestamp: string;
    /** Over all queues that it lay in, this receive too (SQS API reference, "ReceiveMessage"). */
    ApproximateReceiveCount: string;
    /** Only a message that SQS itself moved has it. */
    DeadLetterQueueSourceArn?: string | undefined;
  };
  messageAttributes: Readonly<Record<string, { stringValue?: string | undefined }>>;
}

/** What a message tells. Only a FailedEvent brings its own fingerprint. */
export type Letter = Omit<FailedEvent, 'fingerprint'> & Partial<Pick<FailedEvent, 'fingerprint'>>;

/** A row and its index keys must hold what comes with the message: names are short, and of a long error the log has the rest. */
const MAX_NAME = 256;
const MAX_ERROR = 4000;

/** Reads whatever lies in a dead letter queue; there is nothing that it cannot read. */
export function readLetter(queue: string, message: QueueMessage): Letter {
  const fields = fieldsOf(message.body);
  const letter: Letter = isFailedEvent(fields)
    ? fields
    : { ...letterAround(queue, message), ...reasonOf(message, fields) };
  const { subscriptionId, eventType, error, timestamp, retryCount, fingerprint } = letter;
  return {
    subscriptionId: cut(subscriptionId, MAX_NAME),
    eventType: cut(eventType, MAX_NAME),
    message: letter.message,
    error: cut(error, MAX_ERROR),
    ...(fingerprint !== undefined && { fingerprint }),
    timestamp,
    retryCount,
    ...redriveOf(letter.redriveOf ?? message.messageAttributes[REDRIVE_OF]?.stringValue),
  };
}

const FINGERPRINT = /^[0-9a-f]{16}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;

/** Fingerprint and time become keys, so they are held to their form. */
function isFailedEvent(
  fields: Readonly<Record<string, unknown>>,
): fields is Readonly<Record<string, unknown>> & Letter {
  const { subscriptionId, eventType, message, error, fingerprint, timestamp, retryCount } = fields;
  const texts = [subscriptionId, eventType, message, error, fingerprint, timestamp];
  if (!texts.every((one) => typeof one === 'string')) return false;
  return FINGERPRINT.test(String(fingerprint)) && TIME.test(String(timestamp)) && isCount(retryCount);
}

type Reason = Pick<Letter, 'error' | 'retryCount'> & Partial<Pick<Letter, 'eventType'>>;

/** A message without a word of its own about its failure. */
function letterAround(queue: string, { body, attributes }: QueueMessage) {
  const timestamp = new Date(Number(attributes.SentTimestamp)).toISOString();
  return { subscriptionId: queue, eventType: idsOf(body).eventType, message: body, timestamp };
}

function reasonOf(message: QueueMessage, fields: Readonly<Record<string, unknown>>): Reason {
  return (
    undelivered(message) ??
    discarded(fields) ??
    movedBySqs(message) ?? { error: 'The message is no letter, no event and no piece of a stream.', retryCount: 0 }
  );
}

/** EventBridge could not bring it to the rule's target (EventBridge user guide, "Using dead-letter queues"). */
function undelivered({ messageAttributes }: QueueMessage): Reason | undefined {
  const attribute = (name: string) => messageAttributes[name]?.stringValue;
  const code = attribute('ERROR_CODE');
  if (code === undefined) return undefined;
  const [rule, target] = [attribute('RULE_ARN'), attribute('TARGET_ARN')];
  const error = `EventBridge could not deliver from ${rule} to ${target}: ${code}: ${attribute('ERROR_MESSAGE')}`;
  return { error, retryCount: countIn(attribute('RETRY_ATTEMPTS')) };
}

/** Lambda gave up a piece of a stream (Lambda developer guide, "Retain discarded records for a DynamoDB event source"). */
function discarded({
  requestContext,
  DDBStreamBatchInfo: piece,
}: Readonly<Record<string, unknown>>): Reason | undefined {
  const { condition, approximateInvokeCount } = (requestContext ?? {}) as Record<string, unknown>;
  if (typeof condition !== 'string' || typeof piece !== 'object' || piece === null) return undefined;
  return {
    eventType: 'stream.Discarded',
    error: `Lambda gave up a piece of the stream: ${condition}`,
    retryCount: Math.max(0, countIn(approximateInvokeCount) - 1),
  };
}

/** Its function died each time, before it could send a letter. */
function movedBySqs({ body, attributes }: QueueMessage): Reason | undefined {
  const moved = attributes.DeadLetterQueueSourceArn !== undefined || idsOf(body).eventType !== UNREADABLE;
  if (!moved) return undefined;
  // Neither this receive was a retry nor the first one.
  const retryCount = Math.max(0, countIn(attributes.ApproximateReceiveCount) - 2);
  return { error: 'The function ended before it could say why. Its log may tell.', retryCount };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function countIn(value: unknown): number {
  const count = Number(value);
  return isCount(count) ? count : 0;
}

/** Says how much is missing. */
function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max).toWellFormed()}… (${text.length - max} more characters)`;
}
