import { describe, expect, it } from 'vitest';
import { destinationOf } from '../../../functions/dead-letters/domain/destination.ts';
import { DISCARDED, ENVELOPE } from '../../support/dead-letter-samples.ts';
import { CONSUMERS } from '../../support/dead-letters/desk-world.ts';
import { envelopeOf } from '../../support/dead-letters/letter-samples.ts';

const of = (queue: string, message: string) => destinationOf({ queue, message }, CONSUMERS);
const inbox = (name: string, message: string | object) => ({
  to: 'inbox',
  of: name,
  message: typeof message === 'string' ? message : JSON.stringify(message),
});
const event = (aggregateId: string, version: number) =>
  JSON.stringify(JSON.parse(envelopeOf(aggregateId, version)).detail);
const UNDO = { do: 'undo-again', sagaId: 'saga_1', stepId: 'flight', run: 2 };

describe('a letter goes', () => {
  it.each([
    ['an event', 'task-follower', ENVELOPE],
    ['a wish to send a callback after all', 'webhooks', '{"detail-type":"maos.WebhooksDue","detail":{"stream":"s"}}'],
    ['what nobody can read', 'task-follower', '{"no'],
    ['a call to sweep', 'sweep-events', '{"detail-type":"Scheduled Event","detail":{}}'],
    [
      'a call to publish again',
      'sweep-events',
      '{"detail-type":"maos.PublishAgain","detail":{"aggregateId":"a","version":1}}',
    ],
    ['an event in its envelope', 'sweep-events', ENVELOPE],
  ])('to the inbox that it came by, as it is: %s', (_, queue, message) => {
    expect(of(queue, message)).toEqual(inbox(queue, message));
  });

  it.each(['publisher', 'sweep-events'])('from %s to the sweep, as the place of its event in the log', (queue) => {
    const again = (aggregateId: string, version: number) =>
      inbox('sweep-events', { 'detail-type': 'maos.PublishAgain', detail: { aggregateId, version } });
    expect(of(queue, event('task_1', 7))).toEqual(again('task_1', 7));
    // Ids of aggregates may hold what divides them from the version.
    expect(of(queue, event('9f0c-4b2e-11', 30))).toEqual(again('9f0c-4b2e-11', 30));
  });

  it.each([
    ['a piece of the stream', JSON.stringify(DISCARDED)],
    ['a record that is no commit', '{"NewImage":{"a":{"S":"b"}}}'],
    ['an event with an id that names no place', '{"eventId":"task_1-0"}'],
    ['what is no JSON', 'publish!'],
  ])('from the publisher as a call to sweep, where it names no event: %s', (_, message) => {
    expect(of('publisher', message)).toEqual(inbox('sweep-events', { 'detail-type': 'maos.SweepDue', detail: {} }));
  });

  it('to the function of a service, and says only what that is to undo', () => {
    const call = { to: 'service', service: 'http-service', call: UNDO };
    expect(of('http-service', JSON.stringify(UNDO))).toEqual(call);
    expect(of('http-service', JSON.stringify({ ...UNDO, more: 1 }))).toEqual(call);
  });
});

describe('a letter goes nowhere', () => {
  it('where nobody takes such messages any more', () => {
    const gone = { code: 'NOT_FOUND', reason: 'Nobody takes messages to gone-projection any more.' };
    expect(of('gone-projection', ENVELOPE)).toEqual(gone);
  });

  it('where the sweep is gone that would publish its event', () => {
    const letter = { queue: 'publisher', message: event('task_1', 7) };
    expect(destinationOf(letter, { ...CONSUMERS, inboxes: [] })).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('where a service was done with it too late to undo it', () => {
    const late = of('http-service', JSON.stringify({ ...UNDO, result: { ticket: 7 } }));
    expect(late).toEqual({ code: 'CONFLICT', reason: expect.stringMatching(/^LATE_RESULT: /) });
  });

  it.each([
    '{"no',
    'null',
    ENVELOPE,
    '{"do":"undo-again","sagaId":1}',
    '{"do":"run","sagaId":"s","stepId":"t","run":1}',
  ])('where a service takes no such call: %s', (message) => {
    const none = { code: 'CONFLICT', reason: 'This is no call that http-service takes.' };
    expect(of('http-service', message)).toEqual(none);
  });
});
