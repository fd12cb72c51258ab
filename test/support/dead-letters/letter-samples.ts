import { ulid } from 'ulid';
import type { DeadLetterRow } from '../../../functions/contracts/dead-letters.ts';
import { pileOf } from '../../../functions/contracts/dead-letters.ts';
import { ENVELOPE } from '../dead-letter-samples.ts';

export const OPERATOR = { keyId: 'key_1', requestId: 'request-1', correlationId: 'corr_desk' };

/** An open letter as the recorder keeps it. */
export function letterRow(fields: Partial<DeadLetterRow> = {}): DeadLetterRow {
  const row = {
    deadLetterId: `letter_${ulid()}`,
    queue: 'task-follower',
    subscriptionId: 'task-follower',
    eventType: 'domain.TaskCreated',
    message: ENVELOPE,
    error: 'The table is gone.',
    fingerprint: '0123456789abcdef',
    timestamp: '2026-08-19T10:12:00.000Z',
    retryCount: 2,
    status: 'open',
    ...fields,
  } as const;
  return { ...row, pile: pileOf(row) };
}

/** The envelope around an aggregate's event at a version. */
export function envelopeOf(aggregateId: string, version: number, more: object = {}): string {
  const { detail, ...envelope } = JSON.parse(ENVELOPE);
  const eventId = `${aggregateId}-${version}`;
  const timestamp = '2026-08-19T10:11:12.000Z';
  const data = { aggregateId, eventType: 'TaskCreated', eventData: { n: version }, version, timestamp, eventId };
  const metadata = {
    ...detail.metadata,
    version: String(version),
    eventId,
    traceId: '1-5759e988',
    schemaVersion: '1.0',
  };
  return JSON.stringify({ ...envelope, detail: { ...detail, eventId, data, metadata, position: 'p', ...more } });
}
