import type { SQSRecord } from 'aws-lambda';
import type { DeadLetter, DeadLetterRow } from '../../contracts/dead-letters.ts';
import { deadLettersOf, messageKeyOf, pileOf } from '../../contracts/dead-letters.ts';
import { idsOf } from '../../contracts/messages.ts';
import { derivedId } from '../../shared/platform/ids.ts';
import { newLogger } from '../../shared/platform/logger.ts';
import { fingerprintOf } from '../../shared/platform/queues/failed-event.ts';
import type { ReadModelStore } from '../../shared/platform/read-models/read-models.ts';
import { readLetter } from '../domain/letter.ts';
import type { LargeMessages } from './large-messages.ts';
import { openLetterMetric } from './open-letter-metric.ts';

export interface RecorderPorts {
  stage: string;
  rows: Pick<ReadModelStore<DeadLetterRow>, 'put'>;
  messages: Pick<LargeMessages, 'put'>;
}

/**
 * Records what lies in a dead letter queue; the message may be removed from there when this has ended. The same delivery twice makes
 * one row, and never touches one that somebody has dealt with since.
 */
export function deadLetterRecorder(ports: RecorderPorts) {
  const logger = newLogger();
  const tellOpen = openLetterMetric();
  return async (record: SQSRecord): Promise<void> => {
    const queue = deadLettersOf(record.eventSourceARN, ports.stage);
    const { messageId } = record;
    try {
      const letter = letterOf(queue, record);
      const isNew = await kept(ports, letter);
      const { deadLetterId, fingerprint, eventType } = letter;
      const { correlationId } = idsOf(letter.message);
      const line = { queue, deadLetterId, fingerprint, eventType, correlationId };
      logger.info(isNew ? 'Dead letter recorded' : 'Dead letter was recorded before', line);
      if (isNew) tellOpen(queue, 1);
    } catch (error) {
      logger.error('Dead letter not recorded', { queue, messageId, error: error as Error });
      throw error;
    }
  };
}

function letterOf(queue: string, record: SQSRecord): DeadLetter {
  const letter = readLetter(queue, record);
  return {
    deadLetterId: derivedId('letter', [queue, record.messageId]),
    queue,
    ...letter,
    fingerprint: letter.fingerprint ?? fingerprintOf(letter),
    status: 'open',
  };
}

/** A DynamoDB item ends at 400 KB; beside the message there is the rest of the letter. */
const MAX_MESSAGE_BYTES = 300_000;

/** What lists show of a message that is not in its row. */
const BEGINNING = 1000;

/** The message goes first: a row must never lead to nothing. `false`: the letter was there. */
async function kept({ rows, messages }: RecorderPorts, letter: DeadLetter): Promise<boolean> {
  const row = { ...letter, pile: pileOf(letter) };
  if (bytesInRow(letter.message) <= MAX_MESSAGE_BYTES) return rows.put({ row, version: 1 }, 0);
  const messageKey = messageKeyOf(letter.deadLetterId);
  await messages.put(messageKey, letter.message);
  const message = letter.message.slice(0, BEGINNING).toWellFormed();
  const messageBytes = Buffer.byteLength(letter.message);
  return rows.put({ row: { ...row, message, messageKey, messageBytes }, version: 1 }, 0);
}

/** A row is JSON text, and JSON in JSON grows by its quotes. */
function bytesInRow(message: string): number {
  return Buffer.byteLength(JSON.stringify(message));
}
