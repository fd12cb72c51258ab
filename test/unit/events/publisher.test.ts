import * as fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { StoredEvent } from '../../../functions/contracts/event.ts';
import type { FailedEvent } from '../../../functions/contracts/failed-event.ts';
import type { PublicationMarks } from '../../../functions/events/adapters/publication-marks.ts';
import { publisher } from '../../../functions/events/adapters/publisher.ts';
import type { Publication } from '../../../functions/events/domain/publication.ts';
import type { Commit } from '../../../functions/shared/platform/log/event-log.ts';
import { storedEvents } from '../../../functions/shared/platform/log/stored-event.ts';
import { commitOf } from '../../support/log/commits.ts';
import type { Script } from '../../support/publisher/scripted-bus.ts';
import { REFUSED, scriptedBus, THROTTLED } from '../../support/publisher/scripted-bus.ts';
import { DRILL, runs } from '../../support/seeds.ts';

const waits: number[] = [];
vi.mock('node:timers/promises', () => ({
  setTimeout: async (ms: number) => {
    waits.push(ms);
  },
}));
beforeEach(() => {
  waits.length = 0;
});

const NOW = '2026-08-20T00:00:00.000Z';
const MAX_ATTEMPTS = 4;

function publishing(script: Script, done: string[] = []) {
  const scripted = scriptedBus(script);
  const letters: FailedEvent[] = [];
  const marks: Parameters<PublicationMarks>[] = [];
  const bus = vi.fn(scripted.bus);
  const publish = publisher({
    subscriptionId: 'publisher',
    bus,
    mark: async (...mark) => {
      done.push(`mark ${mark[0].commitId}`);
      marks.push(mark);
    },
    deadLetter: async (letter) => {
      done.push(`letter ${(JSON.parse(letter.message) as StoredEvent).eventId}`);
      letters.push(letter);
    },
    maxAttempts: MAX_ATTEMPTS,
    now: () => NOW,
  });
  return { ...scripted, publish, letters, marks, bus };
}

/** Follows a script for these events, and accepts all others at once. */
const only =
  (outcomes: Record<string, ReturnType<Script>>): Script =>
  (eventId) =>
    outcomes[eventId] ?? [{}];
const marked = (marks: Parameters<PublicationMarks>[]) =>
  marks.map(([commit, publications]) => [commit.commitId, publications.map(({ status }) => status)]);

describe('the publisher', () => {
  it('sends every event once, marked with the time, and then marks its commit', async () => {
    const { publish, accepted, calls, marks } = publishing(only({}));
    expect(await publish([commitOf('a', 0, '1', '2'), commitOf('b', 0, '1')])).toEqual([]);
    expect(calls).toEqual([['a-1', 'b-1'], ['a-2']]);
    expect(accepted.map((event) => event.metadata.publishedAt)).toEqual([NOW, NOW, NOW]);
    expect(accepted.filter((event) => !StoredEvent.safeParse(event).success)).toEqual([]);
    expect(marked(marks)).toEqual([
      ['cmd_a_0', ['published', 'published']],
      ['cmd_b_0', ['published']],
    ]);
    expect(waits).toEqual([]);
  });

  it('sends only what failed again, and nothing of its aggregate before it', async () => {
    const { publish, calls } = publishing(only({ 'b-1': [THROTTLED, THROTTLED, {}] }));
    expect(await publish([commitOf('a', 0, '1', '2'), commitOf('b', 0, '1', '2'), commitOf('b', 2, '3')])).toEqual([]);
    expect(calls).toEqual([['a-1', 'b-1'], ['a-2', 'b-1'], ['b-1'], ['b-2'], ['b-3']]);
    expect(waits).toHaveLength(2);
  });

  it('dead-letters what the bus refuses for good, whole and with the reason, and the others go on', async () => {
    const done: string[] = [];
    const commit = commitOf('a', 0, '1', '2', '3');
    const { publish, letters, marks, accepted } = publishing(only({ 'a-2': [THROTTLED, REFUSED] }), done);
    expect(await publish([commit, commitOf('a', 3, '4')])).toEqual([]);
    expect(accepted.map((event) => event.eventId)).toEqual(['a-1', 'a-3', 'a-4']);
    expect(letters).toEqual([
      {
        subscriptionId: 'publisher',
        eventType: 'domain.Noted',
        message: expect.any(String),
        error: 'MalformedDetail: Detail is malformed',
        fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
        timestamp: expect.stringMatching(/Z$/),
        retryCount: 1,
      },
    ]);
    const sent = JSON.parse(letters[0]?.message ?? '') as StoredEvent;
    expect(sent).toMatchObject(storedEvents(commit)[1] as StoredEvent);
    expect(marked(marks)).toEqual([
      ['cmd_a_0', ['published', 'failed', 'published']],
      ['cmd_a_3', ['published']],
    ]);
    expect(done).toEqual(['letter a-2', 'mark cmd_a_0', 'mark cmd_a_3']);
  });

  it('gives back what the bus may take later, unmarked and without a letter, and publishes the rest', async () => {
    const commits = [commitOf('a', 0, '1', '2'), commitOf('b', 0, '1'), commitOf('a', 2, '3')];
    const { publish, letters, marks, tries } = publishing(only({ 'a-2': [THROTTLED] }));
    expect(await publish(commits)).toEqual([
      { commit: commits[0], error: 'ThrottlingException: Rate exceeded' },
      { commit: commits[2], error: 'an earlier event of its aggregate was not accepted' },
    ]);
    expect(tries('a-2')).toBe(MAX_ATTEMPTS);
    expect(tries('a-3')).toBe(0);
    expect(marked(marks)).toEqual([['cmd_b_0', ['published']]]);
    expect(letters).toEqual([]);
  });

  it('takes an outcome that the bus forgot for one that passes', async () => {
    const { publish, marks, bus } = publishing(only({}));
    bus.mockResolvedValueOnce([]);
    expect(await publish([commitOf('a', 0, '1')])).toEqual([]);
    expect(bus).toHaveBeenCalledTimes(2);
    expect(marked(marks)).toEqual([['cmd_a_0', ['published']]]);
  });

  it('publishes a commit that comes again under the same event ids', async () => {
    const { publish, accepted } = publishing(only({}));
    await publish([commitOf('a', 0, '1', '2')]);
    await publish([commitOf('a', 0, '1', '2')]);
    expect(accepted.map((event) => event.eventId)).toEqual(['a-1', 'a-2', 'a-1', 'a-2']);
  });

  it.each(['mark', 'deadLetter'] as const)('throws where %s fails, so that the batch comes again', async (port) => {
    const failing = publisher({
      subscriptionId: 'publisher',
      bus: scriptedBus(() => [REFUSED]).bus,
      mark: async () => undefined,
      deadLetter: async () => undefined,
      maxAttempts: 1,
      now: () => NOW,
      [port]: () => Promise.reject(new Error(`${port} is down`)),
    });
    await expect(failing([commitOf('a', 0, '1')])).rejects.toThrow(`${port} is down`);
  });
});

/** Per event: how often it is throttled before the bus says its last word, and which word that is. */
const fates = fc.record({ throttles: fc.integer({ min: 0, max: MAX_ATTEMPTS + 1 }), refused: fc.boolean() });
const batches = fc
  .array(fc.array(fc.array(fates, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }), {
    minLength: 1,
    maxLength: 14,
  })
  .map((aggregates) => {
    const outcomes: Record<string, ReturnType<Script>> = {};
    const commits: Commit[] = aggregates.flatMap((all, index) => {
      let version = 0;
      return all.map((events) => {
        const commit = commitOf(`agg-${index}`, version, ...events.map(() => 'x'));
        for (const { throttles, refused } of events) {
          version += 1;
          outcomes[`agg-${index}-${version}`] = [
            ...Array<typeof THROTTLED>(throttles).fill(THROTTLED),
            refused ? REFUSED : {},
          ];
        }
        return commit;
      });
    });
    return { commits, outcomes };
  });

describe('whatever the bus refuses, for a while or for good', () => {
  it('every event is published, dead-lettered or given back, in the order of its aggregate', DRILL, async () => {
    const seen = { published: 0, failed: 0, unpublished: 0, retried: 0 };
    await fc.assert(
      fc.asyncProperty(batches, async ({ commits, outcomes }) => {
        const { publish, marks, letters, calls, accepted, tries } = publishing(only(outcomes));
        const unpublished = await publish(commits);
        const concluded = marks.flatMap(([, publications]) => publications);
        const failed = concluded.filter(({ status }) => status === 'failed');
        expectFair(calls, accepted);
        expect(commitIds([...marks.map(([commit]) => commit), ...unpublished.map(({ commit }) => commit)])).toEqual(
          commitIds(commits),
        );
        expect(concluded.map(fate)).toEqual(concluded.map(({ event }) => scriptedFate(event.eventId, outcomes)));
        expect(concluded.map(({ event }) => tries(event.eventId))).toEqual(concluded.map(({ attempts }) => attempts));
        expect(letters).toHaveLength(failed.length);
        expect(Math.max(...calls.flat().map(tries))).toBeLessThanOrEqual(MAX_ATTEMPTS);
        seen.published += concluded.length - failed.length;
        seen.failed += failed.length;
        seen.unpublished += unpublished.length;
        seen.retried += concluded.filter(({ attempts }) => attempts > 1).length;
      }),
      { numRuns: runs() },
    );
    for (const [what, count] of Object.entries(seen)) expect({ what, count }).not.toEqual({ what, count: 0 });
  });
});

const commitIds = (commits: readonly Commit[]) => commits.map(({ commitId }) => commitId).sort();
const fate = ({ event, attempts, status }: Publication) => ({ eventId: event.eventId, attempts, status });

function scriptedFate(eventId: string, outcomes: Record<string, ReturnType<Script>>): ReturnType<typeof fate> {
  const script = outcomes[eventId] ?? [];
  return { eventId, attempts: script.length, status: script.at(-1) === REFUSED ? 'failed' : 'published' };
}

/** No call is too long or has two events of one aggregate; no event is accepted twice or before an earlier one. */
function expectFair(calls: readonly string[][], accepted: readonly StoredEvent[]): void {
  const aggregateOf = (eventId: string) => eventId.slice(0, eventId.lastIndexOf('-'));
  for (const call of calls) {
    expect(call.length).toBeLessThanOrEqual(10);
    expect(new Set(call.map(aggregateOf)).size).toBe(call.length);
  }
  const last = new Map<string, number>();
  for (const { data } of accepted) {
    expect(data.version).toBeGreaterThan(last.get(data.aggregateId) ?? 0);
    last.set(data.aggregateId, data.version);
  }
}
