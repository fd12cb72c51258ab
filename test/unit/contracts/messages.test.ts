import { describe, expect, it } from 'vitest';
import { idsOf, UNREADABLE } from '../../../functions/contracts/messages.ts';

const event = { eventId: 'task_1-2', metadata: { correlationId: 'corr_1' } };
const ids = { eventId: 'task_1-2', correlationId: 'corr_1' };
const idsIn = (message: unknown) => idsOf(JSON.stringify(message));

describe('what a message tells of itself', () => {
  it.each([
    ['an event of the bus', { 'detail-type': 'domain.Noted', detail: event }, 'domain.Noted'],
    [
      'an event for one subscription',
      { 'detail-type': 'maos.EventMatched', detail: { subscriptionId: 'sub_1', event } },
      'maos.EventMatched',
    ],
    ['an event alone', event, UNREADABLE],
  ])('are its ids: %s', (_what, message, eventType) => {
    expect(idsIn(message)).toEqual({ eventType, ...ids });
  });

  it.each([{}, [], 5, null, { detail: null }, { detail: { event: null } }, { detail: { event: 'task_1-2' } }])(
    'is nothing where it is %j',
    (message) => {
      expect(idsIn(message)).toEqual({ eventType: UNREADABLE, eventId: undefined, correlationId: undefined });
    },
  );

  it('is no id that looks like none, however deep it stands', () => {
    const odd = { eventId: 'a secret text', metadata: { correlationId: { text: 'x' } } };
    for (const detail of [odd, { event: odd }])
      expect(idsIn({ detail })).toMatchObject({ eventId: undefined, correlationId: undefined });
  });
});
