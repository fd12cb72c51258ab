import { describe, expect, vi } from 'vitest';
import { eventIdOf } from '../../../functions/contracts/event-names.ts';
import type { Commit } from '../../../functions/shared/platform/log/event-log.ts';
import { drill } from '../../support/delivery/drill.ts';
import {
  inventedEvents,
  versionsStored,
  versionsTaken,
  wronglyMarked,
} from '../../support/delivery/published-facts.ts';
import type { PublisherAnswer } from '../../support/delivery/publishing.ts';
import type { Weather } from '../../support/delivery/world.ts';
import { CALM, World } from '../../support/delivery/world.ts';
import { publishTasks } from '../../support/delivery/written-tasks.ts';

vi.mock('node:timers/promises', () => ({ setTimeout: async () => undefined }));
vi.mock('../../../functions/shared/platform/logger.ts', () => import('../../support/delivery/silence.ts'));

const TASKS = 40;
const PACE_MS = 2000;

/** A call holds up to ten events; any number of them can fail. */
const PARTIAL = Array.from({ length: 9 }, (_, index) => `${index + 1} of 10 entries fail`);

/** One after the other, each for a while: some entries fail, then whole calls, then answers are lost, then all of it. */
const PHASES: Partial<Weather>[] = [
  { entriesFail: 0.9 },
  { throttled: 0.9 },
  { answerLost: 0.9 },
  { entriesFail: 0.5, throttled: 0.3, answerLost: 0.3 },
  {},
];
const PHASE_MS = 2000;

const nameOf = (commit: Commit | undefined) => commit?.commitId;

/** Goes through an invocation's calls with what the publisher had been told so far, and picks events. */
function picked({ calls }: PublisherAnswer, pick: (eventId: string, taken: ReadonlySet<string>) => boolean): string[] {
  const taken = new Set<string>();
  return calls.flatMap((call) => {
    const found = call.filter(({ eventId }) => pick(eventId, taken));
    for (const { eventId, isTaken } of call) if (isTaken) taken.add(eventId);
    return found.map(({ eventId }) => eventId);
  });
}

/** Events that were sent though the publisher had been told that they were taken. */
const sentInVain = (answer: PublisherAnswer) => picked(answer, (eventId, taken) => taken.has(eventId));

/** Events that were sent before the publisher was told that the one before them was taken. */
function sentTooEarly(answer: PublisherAnswer): string[] {
  const given = new Set(answer.commits.flatMap(eventIds));
  return picked(answer, (eventId, taken) => {
    const place = eventId.lastIndexOf('-');
    const before = `${eventId.slice(0, place)}-${Number(eventId.slice(place + 1)) - 1}`;
    return given.has(before) && !taken.has(before);
  });
}

/** The first commit of a batch of which the publisher was not told that all of it was taken. */
function lowestUntaken({ commits, calls }: PublisherAnswer): Commit | undefined {
  const taken = new Set(calls.flat().flatMap(({ eventId, isTaken }) => (isTaken ? [eventId] : [])));
  return commits.find((commit) => eventIds(commit).some((id) => !taken.has(id)));
}

function eventIds({ aggregateId, version, events }: Commit): string[] {
  return events.map((_, index) => eventIdOf(aggregateId, version + index));
}

describe('a bus that takes only some entries, then none, and then does not say so', () => {
  drill(
    'gets again only what failed, in order, and the stream from the lowest on',
    { regressions: [], faults: [...PARTIAL, 'throttled', 'answerLost', 'from the lowest record on'] },
    async (seed, tally) => {
      const world = new World(seed, { disorder: 1 }, tally);
      const publishing = publishTasks(world, TASKS, PACE_MS);
      for (const [index, phase] of PHASES.entries()) {
        world.clock.in(index * PHASE_MS, () => {
          world.weather = { ...CALM, disorder: 1, ...phase };
        });
      }
      await world.clock.run();
      const { answers } = publishing;
      expect(answers.flatMap(sentInVain)).toEqual([]);
      expect(answers.flatMap(sentTooEarly)).toEqual([]);
      expect(answers.map(({ again }) => nameOf(again))).toEqual(answers.map((one) => nameOf(lowestUntaken(one))));
      expect(versionsTaken(publishing)).toEqual(versionsStored(publishing.commits));
      expect(inventedEvents(publishing)).toEqual([]);
      expect(wronglyMarked(publishing)).toEqual([]);
    },
  );
});
