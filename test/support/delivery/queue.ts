import type { SQSRecord } from 'aws-lambda';
import type { World } from './world.ts';

export interface QueueProps {
  name: string;
  /** In seconds. */
  visibilityTimeout: number;
  redrive?: { to: Queue; maxReceiveCount: number };
}

export interface Message {
  readonly messageId: string;
  readonly body: string;
  readonly sentAt: number;
  visibleAt: number;
  /** Over all queues that it lay in. */
  receives: number;
  /** The newest one; older ones are good for nothing. */
  receiptHandle: string;
  /** Of the queue that it was moved from. */
  movedFrom?: string;
}

/** How long until a message that was sent can be received, at most. */
const SEND_MS = 2000;

/**
 * A standard queue of SQS: no order, and each message at least once. What is received is out of sight for the visibility timeout, and
 * what is not deleted by then comes again (SQS developer guide, "At-least-once delivery", "Visibility timeout", "Dead-letter queues").
 */
export class Queue {
  readonly url: string;
  /** Everything that was ever sent here, in order. */
  readonly sent: Message[] = [];
  readonly #world: World;
  readonly #props: QueueProps;
  readonly #arn: string;
  #messages: Message[] = [];
  #receipts = 0;
  /** Told when something may have come in sight. */
  #listener = (): void => undefined;

  constructor(world: World, props: QueueProps) {
    this.#world = world;
    this.#props = props;
    this.url = `https://queues.example/${props.name}`;
    this.#arn = `arn:aws:sqs:eu-west-1:123456789012:${props.name}`;
  }

  /** What it holds, in sight or not. */
  get bodies(): string[] {
    return this.#messages.map(({ body }) => body);
  }

  onVisible(listener: () => void): void {
    this.#listener = listener;
  }

  send(body: string): void {
    const messageId = `${this.#props.name}/${this.sent.length + 1}`;
    const sentAt = this.#world.clock.now;
    const message: Message = { messageId, body, sentAt, visibleAt: 0, receives: 0, receiptHandle: '' };
    this.sent.push(message);
    this.#take(message);
  }

  /** Up to so many that are in sight, in any order. Those that came too often go to the dead letters, as they are. */
  receive(most: number): SQSRecord[] {
    const { clock } = this.#world;
    const visible = this.#world.shuffled(this.#messages.filter(({ visibleAt }) => visibleAt <= clock.now));
    return visible
      .filter((message) => !this.#isMoved(message))
      .slice(0, most)
      .map((message) => this.#receive(message));
  }

  /** Answers whether it is gone: only the newest receipt of a message deletes it. */
  delete(receiptHandle: string): boolean {
    const message = this.#holding(receiptHandle);
    if (message === undefined) return false;
    if (!this.#world.strikes('messageAgain', 'messageAgain after delete')) this.#remove(message);
    return true;
  }

  changeVisibility(receiptHandle: string, seconds: number): void {
    const message = this.#holding(receiptHandle);
    if (message === undefined || message.visibleAt <= this.#world.clock.now) {
      throw new Error('InvalidParameterValue: the message is not in flight under this receipt.');
    }
    this.#hide(message, seconds * 1000);
  }

  #take(message: Message): void {
    this.#messages.push(message);
    this.#hide(message, this.#world.time(SEND_MS));
  }

  #receive(message: Message): SQSRecord {
    this.#receipts += 1;
    message.receives += 1;
    message.receiptHandle = `${message.messageId}#${this.#receipts}`;
    const isMissed = this.#world.strikes('messageAgain', 'messageAgain in flight');
    this.#hide(message, isMissed ? 1 : this.#props.visibilityTimeout * 1000);
    return this.#recordOf(message);
  }

  #recordOf({ messageId, receiptHandle, body, receives, sentAt, movedFrom }: Message): SQSRecord {
    const moved = movedFrom === undefined ? {} : { DeadLetterQueueSourceArn: movedFrom };
    const attributes = { ApproximateReceiveCount: String(receives), SentTimestamp: String(sentAt), ...moved };
    const source = { eventSourceARN: this.#arn, messageAttributes: {} };
    return { messageId, receiptHandle, body, attributes, ...source } as SQSRecord;
  }

  #isMoved(message: Message): boolean {
    const { redrive } = this.#props;
    if (redrive === undefined || message.receives < redrive.maxReceiveCount) return false;
    this.#world.tally.add('moved by the redrive policy');
    this.#remove(message);
    redrive.to.#take(Object.assign(message, { movedFrom: this.#arn }));
    return true;
  }

  #hide(message: Message, ms: number): void {
    message.visibleAt = this.#world.clock.now + ms;
    this.#world.clock.in(ms, () => this.#listener());
  }

  #holding(receiptHandle: string): Message | undefined {
    return this.#messages.find((message) => message.receiptHandle === receiptHandle);
  }

  #remove(message: Message): void {
    this.#messages = this.#messages.filter((one) => one !== message);
  }
}
