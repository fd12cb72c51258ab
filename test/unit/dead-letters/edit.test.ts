import { describe, expect, it } from 'vitest';
import { editedMessage } from '../../../functions/dead-letters/domain/edit.ts';
import { exhaustedLetter } from '../../../functions/webhooks/adapters/exhausted-delivery.ts';
import { DISCARDED } from '../../support/dead-letter-samples.ts';
import { CONSUMERS } from '../../support/dead-letters/desk-world.ts';
import { envelopeOf } from '../../support/dead-letters/letter-samples.ts';

const edited = (message: string, edit: object, queue = 'task-follower') =>
  editedMessage({ queue, message }, edit, CONSUMERS);

/** Where an edit is at fault, and what is said of it. */
function faultsOf(message: string, edit: object, queue?: string): string[] {
  try {
    return [`none: ${edited(message, edit, queue)}`];
  } catch (error) {
    const { code, details } = error as { code: string; details: { path: string; message: string }[] };
    expect(code).toBe('VALIDATION_ERROR');
    return details.map(({ path }) => path);
  }
}

const EVENT = envelopeOf('task_1', 3);
const UNDO = JSON.stringify({ do: 'undo-again', sagaId: 'saga_1', stepId: 'flight', run: 1 });
const envelope = (type: string, detail: object) => JSON.stringify({ 'detail-type': type, detail });

describe('an edit of an event', () => {
  it('changes what happened, and nothing else', () => {
    const before = JSON.parse(EVENT);
    const after = JSON.parse(edited(EVENT, { detail: { data: { eventData: { n: null, m: [1] } } }, time: 'later' }));
    before.detail.data.eventData = { m: [1] };
    expect(after).toEqual({ ...before, time: 'later' });
  });

  it('may change nothing', () => {
    expect(JSON.parse(edited(EVENT, {}))).toEqual(JSON.parse(EVENT));
    expect(JSON.parse(edited(EVENT, { detail: { data: { version: 3 } } }))).toEqual(JSON.parse(EVENT));
  });

  it.each([
    ['its id', { detail: { eventId: 'task_1-4' } }, ['edit.detail.eventId']],
    ['its aggregate', { detail: { data: { aggregateId: 'task_2' } } }, ['edit.detail.data.aggregateId']],
    ['its version', { detail: { data: { version: 4 } } }, ['edit.detail.data.version']],
    ['its type', { 'detail-type': 'domain.TaskFailed' }, ['edit.detail-type']],
    ['its type to one of ours', { 'detail-type': 'maos.WebhooksDue' }, ['edit.detail-type']],
    ['what is a text to a number', { detail: { source: 7 } }, ['edit.detail.source']],
    ['its version to a text', { detail: { data: { version: '3' } } }, ['edit.detail.data.version']],
    [
      'and loses its data',
      { detail: { data: null } },
      ['edit.detail.data', 'edit.detail.data.aggregateId', 'edit.detail.data.version'],
    ],
    [
      'two things at once',
      { detail: { eventId: 'x', metadata: { correlationId: null } } },
      ['edit.detail.metadata.correlationId', 'edit.detail.eventId'],
    ],
  ])('must not change %s', (_, edit, paths) => {
    expect(faultsOf(EVENT, edit)).toEqual(paths);
  });

  it('knows events of users, whose data may be anything', () => {
    const data = { order: 7 };
    const own = envelopeOf('event_1', 1, { data, eventType: 'order.placed', source: 'shop' });
    const message = JSON.stringify({ ...JSON.parse(own), 'detail-type': 'order.placed' });
    expect(JSON.parse(edited(message, { detail: { data: { order: 8 } } })).detail.data).toEqual({ order: 8 });
    expect(faultsOf(message, { detail: { data: 'x', eventId: 'event_2-1' } })).toEqual([
      'edit.detail.data',
      'edit.detail.eventId',
    ]);
  });
});

describe('an edit of a match', () => {
  const { detail } = JSON.parse(EVENT);
  const message = envelope('maos.EventMatched', { subscriptionId: 'sub_1', event: detail });

  it('changes the event that is told', () => {
    const after = JSON.parse(edited(message, { detail: { event: { data: { eventData: { n: 8 } } } } }));
    expect(after.detail.event.data.eventData).toEqual({ n: 8 });
  });

  it.each([
    [{ detail: { subscriptionId: 'sub_2' } }, ['edit.detail.subscriptionId']],
    [{ detail: { event: { eventId: 'task_1-9' } } }, ['edit.detail.event.eventId']],
    [{ detail: { event: null } }, ['edit.detail.event', 'edit.detail.event.eventId']],
  ])('must not say of whom or what it is: %j', (edit, paths) => {
    expect(faultsOf(message, edit)).toEqual(paths);
  });
});

describe('an edit of another message', () => {
  it('keeps a callback to be one', () => {
    const stream = { stream: 'req_1', correlationId: 'corr_1' } as never;
    const delivery = { deliveryId: 'd1', tries: 3 } as never;
    const { message } = exhaustedLetter({ stream, delivery, reason: 'no' });
    expect(JSON.parse(edited(message, { detail: { deliveryId: null } }, 'webhooks')).detail).not.toHaveProperty(
      'deliveryId',
    );
    expect(faultsOf(message, { detail: { stream: null } }, 'webhooks')).toEqual(['edit.detail.stream']);
  });

  it('keeps an envelope to be one', () => {
    const message = envelope('maos.RequestTry', { requestId: 'req_1' });
    expect(JSON.parse(edited(message, { detail: { requestId: 'req_2' } })).detail).toEqual({ requestId: 'req_2' });
    expect(faultsOf(message, { detail: 'req_2' })).toEqual(['edit.detail']);
    expect(faultsOf(message, { 'detail-type': 'maos.WebhooksDue' })).toEqual(['edit.detail-type']);
  });

  it('may make an envelope of what was none, and then it is to be a whole one', () => {
    expect(edited('{"a":1}', { 'detail-type': 'x', detail: {} })).toBe('{"a":1,"detail-type":"x","detail":{}}');
    expect(edited('[1]', { 'detail-type': 'x', detail: {} })).toBe('{"detail-type":"x","detail":{}}');
    expect(faultsOf('{"a":1}', {})).toEqual(['edit.detail-type', 'edit.detail']);
    expect(faultsOf('{}', { 'detail-type': 'maos.WebhooksDue', detail: {} })).toEqual(['edit.detail.stream']);
    expect(faultsOf('{}', { 'detail-type': 'domain.TaskCreated', detail: {} })).toContain('edit.detail.eventId');
  });

  it.each([
    [{ run: 2 }, ['edit.run']],
    [{ sagaId: 'saga_2', stepId: null }, ['edit.stepId', 'edit.sagaId']],
    [{ result: {} }, ['edit']],
  ])('leaves a call to a service as it is: %j', (edit, paths) => {
    expect(faultsOf(UNDO, edit, 'http-service')).toEqual(paths);
    expect(edited(UNDO, {}, 'http-service')).toBe(UNDO);
  });

  it('may make a call of what was none', () => {
    expect(JSON.parse(edited('{}', JSON.parse(UNDO), 'http-service'))).toEqual(JSON.parse(UNDO));
    expect(faultsOf('{}', JSON.parse(EVENT), 'http-service')).toContain('edit.do');
  });
});

describe('there is no edit', () => {
  const lone = JSON.stringify(JSON.parse(EVENT).detail);
  it.each([
    ['of what is not JSON', '{"no', 'task-follower'],
    ['of an event that the bus refused', lone, 'publisher'],
    ['of one that the sweep could not publish', lone, 'sweep-events'],
    ['of a piece of the stream', JSON.stringify(DISCARDED), 'publisher'],
  ])('%s', (_, message, queue) => {
    expect(faultsOf(message, {}, queue)).toEqual(['edit']);
  });
});
