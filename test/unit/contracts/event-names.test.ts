import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventIdOf, placeOfEvent } from '../../../functions/contracts/event-names.ts';
import { runs } from '../../support/seeds.ts';

describe('the id of an event', () => {
  it.each([
    ['task_1-12', { aggregateId: 'task_1', version: 12 }],
    ['delivery_sub_1-evt_1-1-1-2', { aggregateId: 'delivery_sub_1-evt_1-1-1', version: 2 }],
    ['a-999999999', { aggregateId: 'a', version: 999_999_999 }],
    ['--1', { aggregateId: '-', version: 1 }],
  ])('%s says where it stands', (eventId, place) => {
    expect(placeOfEvent(eventId)).toEqual(place);
  });

  it.each([
    '',
    '-',
    '1',
    '-1',
    'a',
    'a-',
    'a-0',
    'a-01',
    'a-1.0',
    'a-+1',
    'a-1e3',
    'a--',
    'a-1 ',
    'a-1000000000',
    'a-x',
  ])('%j is none', (eventId) => {
    expect(placeOfEvent(eventId).version).toBe(0);
  });

  it('leads back to its aggregate and version, whatever the aggregate is called', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.integer({ min: 1, max: 999_999_999 }), (aggregateId, version) => {
        expect(placeOfEvent(eventIdOf(aggregateId, version))).toEqual({ aggregateId, version });
      }),
      { numRuns: runs() },
    );
  });
});
