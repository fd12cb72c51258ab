import { setTimeout as sleep } from 'node:timers/promises';
import { placeOfEvent } from '../../contracts/event-names.ts';
import type { FailedEvent } from '../../contracts/failed-event.ts';
import type { Commit } from '../../shared/platform/log/event-log.ts';
import { eventsOf } from '../../shared/platform/log/stored-event.ts';
import { failedEvent } from '../../shared/platform/queues/failed-event.ts';
import type { Publication } from '../domain/publication.ts';
import { nextCalls, settle } from '../domain/publication.ts';
import type { EventBus } from './event-bus.ts';
import type { PublicationMarks } from './publication-marks.ts';

export interface PublisherPorts {
  /** Names it in letters. */
  subscriptionId: string;
  bus: EventBus;
  mark: PublicationMarks;
  deadLetter(letter: FailedEvent): Promise<void>;
  /** Tries for one event within one delivery. */
  maxAttempts: number;
  now: () => string;
}

/** A commit that has to be delivered again, because some of its events still wait. */
export interface Unpublished {
  commit: Commit;
  error: string;
}

/**
 * Publishes stored commits (seed: EventPublisher.publishEvent, its second and third step). Order holds within an aggregate. What
 * the bus refuses for good is marked `failed` and dead-lettered, and the others go on; what it may take later is returned, so
 * that the stream delivers it again. Dying anywhere in here publishes some events twice, under the same ids.
 */
export function publisher(ports: PublisherPorts) {
  return async (commits: readonly Commit[]): Promise<Unpublished[]> => {
    const work = commits.map((commit) => ({ commit, publications: publicationsOf(commit, ports.now()) }));
    await sendAll(
      ports,
      work.flatMap((one) => one.publications),
    );
    const unpublished: Unpublished[] = [];
    for (const { commit, publications } of work) {
      const waiting = publications.find((one) => one.status === 'waiting');
      if (waiting === undefined) await conclude(ports, commit, publications);
      else unpublished.push({ commit, error: waiting.error ?? 'an earlier event of its aggregate was not accepted' });
    }
    return unpublished;
  };
}

function publicationsOf(commit: Commit, now: string): Publication[] {
  return eventsOf(commit).map((event) => ({
    event: { ...event, metadata: { ...event.metadata, publishedAt: now } },
    attempts: 0,
    status: 'waiting',
  }));
}

async function sendAll(ports: PublisherPorts, publications: readonly Publication[]): Promise<void> {
  const exhausted = new Set<string>();
  const open = () => publications.filter((one) => !exhausted.has(aggregateIdOf(one)));
  for (let calls = nextCalls(open()); calls.length > 0; calls = nextCalls(open())) {
    for (const call of calls) await sendCall(ports, call);
    const retried = calls.flat().filter((one) => one.status === 'waiting');
    for (const one of retried) if (one.attempts >= ports.maxAttempts) exhausted.add(aggregateIdOf(one));
    if (retried.length > 0) await sleep(Math.random() * 100 * 2 ** Math.max(...retried.map((one) => one.attempts)));
  }
}

function aggregateIdOf({ event }: Publication): string {
  return placeOfEvent(event.eventId).aggregateId;
}

async function sendCall(ports: PublisherPorts, call: readonly Publication[]): Promise<void> {
  const outcomes = await ports.bus(call.map((one) => one.event));
  call.forEach((one, index) => {
    settle(one, outcomes[index] ?? { errorCode: 'InternalFailure', errorMessage: 'the bus gave no outcome' });
  });
}

/** Letters before the mark: a death between the two sends a letter twice, and never none. */
async function conclude(ports: PublisherPorts, commit: Commit, publications: readonly Publication[]): Promise<void> {
  for (const one of publications.filter(({ status }) => status === 'failed')) {
    await ports.deadLetter(letterOf(ports.subscriptionId, one));
  }
  await ports.mark(commit, publications);
}

function letterOf(subscriptionId: string, { event, attempts, error = 'unknown' }: Publication): FailedEvent {
  return failedEvent({ subscriptionId, eventType: event.eventType, message: JSON.stringify(event), error, attempts });
}
