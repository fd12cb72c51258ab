import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isEcho, patternOf, wantsType } from '../../../functions/subscriptions/domain/event-pattern.ts';
import { runs } from '../../support/seeds.ts';
import { exhaustedEvent, userEvent } from '../../support/subscriptions/subscription-samples.ts';

const SUB = 'sub_01ARZ3NDEKTSV4RRFFQ69G5FAV';
const OTHER = 'sub_01ARZ3NDEKTSV4RRFFQ69G5FAW';

describe('the pattern of a subscription', () => {
  it.each([
    ['domain.TaskCompleted', { 'detail-type': ['domain.TaskCompleted'] }],
    ['domain.Task*', { 'detail-type': [{ prefix: 'domain.Task' }] }],
    ['*', { source: [{ prefix: '' }] }],
  ])('of %s asks for the type alone', (eventType, pattern) => {
    expect(patternOf({ eventType })).toEqual(pattern);
  });

  it.each(['order.placed', 'order.*', '*'])('of %s and a filter asks for both', (eventType) => {
    const filter = { amount: [{ numeric: ['>', 100] }] };
    expect(patternOf({ eventType, filter })).toEqual({ ...patternOf({ eventType }), detail: { data: filter } });
  });

  const words = ['detail-type', 'source', 'detail', 'data', '$or', '..', 'account', 'constructor', '"],"source":["'];
  const filters: fc.Arbitrary<Record<string, unknown>> = fc.dictionary(
    fc.constantFrom(...words),
    fc.oneof(fc.array(fc.string(), { minLength: 1 }), fc.dictionary(fc.constantFrom(...words), fc.constant(['x']))),
    { minKeys: 1 },
  );
  it('holds a filter where its data is, whatever the filter is made of', () => {
    fc.assert(
      fc.property(filters, (filter) => {
        const pattern = JSON.parse(JSON.stringify(patternOf({ eventType: 'order.placed', filter })));
        expect(Object.keys(pattern)).toEqual(['detail-type', 'detail']);
        expect(pattern['detail-type']).toEqual(['order.placed']);
        expect(Object.keys(pattern.detail)).toEqual(['data']);
        expect(pattern.detail.data).toEqual({ ...filter });
      }),
      { numRuns: runs() },
    );
  });
});

describe('a type is wanted', () => {
  it.each([
    ['order.placed', 'order.placed', true],
    ['order.placed', 'order.placed.twice', false],
    ['order.placed', 'Order.placed', false],
    ['order.*', 'order.placed', true],
    ['order.*', 'order.', true],
    ['order.*', 'orders', false],
    ['*', 'anything', true],
  ])('by %s: %s, %s', (eventType, type, isWanted) => {
    expect(wantsType({ eventType }, userEvent({ type }))).toBe(isWanted);
  });
});

describe('an echo', () => {
  it('is what tells of a delivery of the subscription’s own, also of one that was sent again', () => {
    expect(isEcho(SUB, exhaustedEvent(`${SUB}-evt_1-1`, 'evt_1-1'))).toBe(true);
    expect(isEcho(SUB, exhaustedEvent(`${SUB}-evt_1-1-letter_1`, 'evt_1-1'))).toBe(true);
  });

  it('is not what tells of a delivery of others, or of a callback', () => {
    expect(isEcho(SUB, exhaustedEvent(`${OTHER}-evt_1-1`, 'evt_1-1'))).toBe(false);
    expect(isEcho(SUB, exhaustedEvent('req_1', 'msg_req_1-1'))).toBe(false);
    expect(isEcho(SUB, exhaustedEvent(`${SUB}X-evt_1-1`, 'evt_1-1'))).toBe(false);
  });

  it('is what tells of a delivery that told of one: a chain ends with its second link, for everybody', () => {
    const first = exhaustedEvent(`${SUB}-evt_1-1`, 'evt_1-1');
    expect(isEcho(OTHER, first)).toBe(false);
    const second = exhaustedEvent(`${OTHER}-${first.eventId}`, first.eventId);
    for (const one of [SUB, OTHER, 'sub_third']) expect(isEcho(one, second)).toBe(true);
  });

  it('is no other event, whatever its data says', () => {
    const { data } = exhaustedEvent(`${SUB}-evt_1-1`, 'delivery_x-1');
    expect(isEcho(SUB, userEvent({ data }))).toBe(false);
    expect(isEcho(SUB, { ...exhaustedEvent('s', 'w'), data: {} })).toBe(false);
  });
});
