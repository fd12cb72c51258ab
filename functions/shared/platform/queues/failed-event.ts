import { hash } from 'node:crypto';
import type { FailedEvent } from '../../../contracts/failed-event.ts';

type Failure = Pick<FailedEvent, 'subscriptionId' | 'eventType' | 'message' | 'error' | 'redriveOf'> & {
  /** All tries, the first one too. */
  attempts: number;
};

/** The letter of a message that could not be handled. */
export function failedEvent({ attempts, ...failure }: Failure): FailedEvent {
  const fingerprint = fingerprintOf(failure);
  return { ...failure, fingerprint, timestamp: new Date().toISOString(), retryCount: attempts - 1 };
}

/** Ids, times, addresses and counts: what differs between two failures of one cause. */
const PARTICULARS =
  /\b[a-z]+_[0-9A-HJKMNP-TV-Z]{26}\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b\d{4}-\d\d-\d\dT[\d:.]+Z?|\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b|\d+(?:\.\d+)*/gi;

/** 16 hex digits: the same for failures of one subscription, type of event and cause. */
export function fingerprintOf({
  subscriptionId,
  eventType,
  error,
}: Pick<Failure, 'subscriptionId' | 'eventType' | 'error'>): string {
  const cause = error.replaceAll(PARTICULARS, '#');
  return hash('sha256', JSON.stringify([subscriptionId, eventType, cause])).slice(0, 16);
}
