import type { FailedEvent } from './failed-event.ts';
import type { ReadModel } from './read-model.ts';

const SUFFIX = '-dead-letters';

/** `maos-dev-task-follower`: the queue of a subscriber or another consumer. */
export function inboxName(stage: string, of: string): string {
  return `maos-${stage}-${of}`;
}

/** `maos-dev-task-follower-dead-letters`: the name of a dead letter queue tells whose letters it holds. */
export function deadLetterQueueName(stage: string, of: string): string {
  return `${inboxName(stage, of)}${SUFFIX}`;
}

/** Whose letters a queue holds, by its ARN. */
export function deadLettersOf(queueArn: string, stage: string): string {
  const name = queueArn.slice(queueArn.lastIndexOf(':') + 1);
  return name.slice(inboxName(stage, '').length, -SUFFIX.length);
}

/** The attribute by which a message tells which letter's redrive it is. */
export const REDRIVE_OF = 'maos-redrive-of';

export const DEAD_LETTER_ID = /^letter_[0-9A-HJKMNP-TV-Z]{26}$/;

/** The letter whose redrive something is, as far as this is a letter's id: anybody who may send to a queue can set attributes. */
export function redriveOf(id: unknown): { redriveOf?: string } {
  return typeof id === 'string' && DEAD_LETTER_ID.test(id) ? { redriveOf: id } : {};
}

/** A message that could not be handled, as it is kept (api.md, "Dead letters"). */
export interface DeadLetter extends FailedEvent {
  deadLetterId: string;
  /** The subscription or service whose dead letter queue it lay in. */
  queue: string;
  /** Where the whole message lies in the files bucket, if it is too large for a row; `message` is only its beginning then. */
  messageKey?: string;
  /** Of the whole message, where that lies in the bucket. */
  messageBytes?: number;
  status: LetterStatus;
  /** ISO 8601, UTC: when it was sent again or deleted. */
  closedAt?: string;
  /** The id of the key that had it done. */
  closedBy?: string;
}

export const LETTER_STATUSES = ['open', 'redriven', 'deleted'] as const;
type LetterStatus = (typeof LETTER_STATUSES)[number];

/** A dead letter as its table keeps it: what is looked for together stands in one field. */
export interface DeadLetterRow extends DeadLetter {
  pile: string;
}

/** `open:task-follower`: the letters of a queue that stand alike. */
export function pileOf({ status, queue }: Pick<DeadLetter, 'status' | 'queue'>): string {
  return `${status}:${queue}`;
}

/** Where the files bucket keeps a message that is too large for a row. */
export function messageKeyOf(deadLetterId: string): string {
  return `dead-letters/${deadLetterId}`;
}

/** The table of dead letters has the form of read models, in a table of its own: nothing can build it anew. */
export const deadLetterModel: ReadModel<DeadLetterRow> = {
  name: 'dead-letters',
  generation: 1,
  idOf: ({ deadLetterId }) => deadLetterId,
  sortKeyOf: ({ timestamp }) => timestamp,
  indexes: { index1: 'queue', index2: 'fingerprint', index3: 'status', index4: 'pile' },
};
