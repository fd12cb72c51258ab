import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { letterGroups } from '../../../functions/dead-letters/domain/letter-groups.ts';
import { inLanes, turnOf } from '../../../functions/dead-letters/domain/redrive-turns.ts';
import { envelopeOf, letterRow } from '../../support/dead-letters/letter-samples.ts';

const time = (seconds: number) => `2026-08-19T10:00:${String(seconds).padStart(2, '0')}.000Z`;

describe('the turns of letters', () => {
  const letter = (name: string, message: string, seconds: number) =>
    turnOf(letterRow({ deadLetterId: name, message, timestamp: time(seconds) }));
  const ids = (...turns: ReturnType<typeof letter>[]) =>
    inLanes(turns).map((lane) => lane.map(({ deadLetterId }) => deadLetterId));

  it('are those of the events, one aggregate after its own history', () => {
    const lone = JSON.stringify(JSON.parse(envelopeOf('task_1', 2)).detail);
    const event = JSON.parse(envelopeOf('task_1', 10)).detail;
    const matched = JSON.stringify({ 'detail-type': 'maos.EventMatched', detail: { subscriptionId: 's', event } });
    const turns = [
      letter('tenth', matched, 1),
      letter('third', envelopeOf('task_1', 3), 2),
      letter('other', envelopeOf('task_2', 1), 3),
      letter('second', lone, 4),
    ];
    expect(ids(...turns)).toEqual([['second', 'third', 'tenth'], ['other']]);
  });

  it('are the older first, where they tell no more: each has a lane of its own', () => {
    const turns = [letter('b', '{"no', 2), letter('a', '{}', 1), letter('c', '{"detail-type":"x","detail":{}}', 3)];
    expect(ids(...turns)).toEqual([['a'], ['b'], ['c']]);
  });

  it('are those of the callbacks about one thing, too', () => {
    const due = (seq: number) =>
      JSON.stringify({ 'detail-type': 'maos.WebhooksDue', detail: { stream: 'req_1', deliveryId: `req_1-${seq}` } });
    expect(ids(letter('second', due(2), 1), letter('first', due(1), 2))).toEqual([['first', 'second']]);
  });

  it('of one saga are not taken at once', () => {
    const undo = (stepId: string) => JSON.stringify({ do: 'undo-again', sagaId: 'saga_1', stepId, run: 1 });
    expect(ids(letter('later', undo('a'), 2), letter('earlier', undo('b'), 1))).toEqual([['earlier', 'later']]);
  });

  it('lose nobody, and never put one before what came before it', () => {
    const turn = fc.record({
      deadLetterId: fc.uuid(),
      lane: fc.constantFrom('a', 'b', 'c'),
      at: fc.nat(5),
      timestamp: fc.integer({ min: 0, max: 59 }).map(time),
    });
    fc.assert(
      fc.property(fc.array(turn), (turns) => {
        const lanes = inLanes(turns);
        expect(new Set(lanes.flat())).toEqual(new Set(turns));
        for (const lane of lanes) {
          expect(new Set(lane.map((one) => one.lane)).size).toBe(1);
          const places = lane.map(({ at, timestamp }) => `${at} ${timestamp}`);
          expect(places).toEqual(places.toSorted());
        }
      }),
    );
  });
});

describe('the groups of letters', () => {
  const letter = (fingerprint: string, queue: string, seconds: number) => ({
    fingerprint,
    queue,
    timestamp: time(seconds),
  });

  it('are those of a cause and a queue, the largest first, and of as large ones the newest', () => {
    const letters = [
      letter('a', 'one', 5),
      letter('b', 'one', 9),
      letter('a', 'one', 3),
      letter('a', 'two', 4),
      letter('c', 'two', 7),
    ];
    const group = (fingerprint: string, queue: string, count: number, seen: [number, number]) => ({
      ...{ fingerprint, queue, count },
      firstSeen: time(seen[0]),
      lastSeen: time(seen[1]),
    });
    expect(letterGroups(letters)).toEqual([
      group('a', 'one', 2, [3, 5]),
      group('b', 'one', 1, [9, 9]),
      group('c', 'two', 1, [7, 7]),
      group('a', 'two', 1, [4, 4]),
    ]);
    expect(letterGroups([])).toEqual([]);
  });
});
