import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLetter } from '../../../functions/dead-letters/domain/letter.ts';
import type { LetterSample } from '../../support/dead-letter-samples.ts';
import { DISCARDED, ENVELOPE, FAILED_EVENT, letterRecord, UNDELIVERED } from '../../support/dead-letter-samples.ts';
import { runs } from '../../support/seeds.ts';

const read = (sample: LetterSample) => readLetter('task-follower', letterRecord(sample));

/** What the message itself does not tell: it was sent then, to that queue. */
const AROUND = { subscriptionId: 'task-follower', timestamp: '2026-08-19T10:11:13.000Z' };

describe('a letter of our own', () => {
  it('is told as it stands, with the message that failed', () => {
    expect(read({ body: JSON.stringify(FAILED_EVENT), receives: 5 })).toEqual(FAILED_EVENT);
  });

  it('brings nothing that is not known', () => {
    const body = JSON.stringify({ ...FAILED_EVENT, status: 'deleted', deadLetterId: 'mine', pile: 'x' });
    expect(read({ body })).toEqual(FAILED_EVENT);
  });

  it('says where its error and its names were cut, and never its message', () => {
    const long = {
      ...FAILED_EVENT,
      subscriptionId: 's'.repeat(300),
      eventType: 't'.repeat(257),
      error: 'e'.repeat(4001),
    };
    const message = 'm'.repeat(500_000);
    expect(read({ body: JSON.stringify({ ...long, message }) })).toEqual({
      ...FAILED_EVENT,
      message,
      subscriptionId: `${'s'.repeat(256)}… (44 more characters)`,
      eventType: `${'t'.repeat(256)}… (1 more characters)`,
      error: `${'e'.repeat(4000)}… (1 more characters)`,
    });
  });

  it('is cut without leaving half of a character', () => {
    const { error } = read({ body: JSON.stringify({ ...FAILED_EVENT, error: `${'e'.repeat(3999)}😀` }) });
    expect(error.isWellFormed()).toBe(true);
  });

  it('names the letter whose redrive it is, if that is the name of one', () => {
    const redriveOf = 'letter_01ARZ3NDEKTSV4RRFFQ69G5FAV';
    const of = (given: unknown) => read({ body: JSON.stringify({ ...FAILED_EVENT, redriveOf: given }) });
    expect(of(redriveOf)).toEqual({ ...FAILED_EVENT, redriveOf });
    for (const other of ['letter_x', `${redriveOf} `, 7, null, [redriveOf]]) expect(of(other)).toEqual(FAILED_EVENT);
  });

  it.each(Object.keys(FAILED_EVENT))('that has no %s is kept whole, as unreadable', (field) => {
    const body = JSON.stringify({ ...FAILED_EVENT, [field]: undefined });
    expect(read({ body })).toMatchObject({ ...AROUND, eventType: 'unreadable', message: body, retryCount: 0 });
  });

  it.each([
    { message: { a: 1 } },
    { error: null },
    { timestamp: 'yesterday' },
    { timestamp: `2026-08-19T10:12:00.${'0'.repeat(2000)}Z` },
    { fingerprint: 'f'.repeat(2048) },
    { fingerprint: '' },
    { retryCount: -1 },
    { retryCount: '2' },
    { retryCount: 0.5 },
  ])('with %j is kept whole, as unreadable', (change) => {
    const body = JSON.stringify({ ...FAILED_EVENT, ...change });
    expect(read({ body })).toMatchObject({ ...AROUND, eventType: 'unreadable', message: body });
  });
});

describe('an event that EventBridge could not deliver', () => {
  it('tells what EventBridge says of it', () => {
    expect(read({ messageAttributes: UNDELIVERED })).toEqual({
      ...AROUND,
      eventType: 'domain.TaskCreated',
      message: ENVELOPE,
      error: `EventBridge could not deliver from ${UNDELIVERED.RULE_ARN} to ${UNDELIVERED.TARGET_ARN}: NO_PERMISSIONS: ${UNDELIVERED.ERROR_MESSAGE}`,
      retryCount: 0,
    });
  });

  it('tells how often it was tried, where EventBridge does', () => {
    const attributes = { ...UNDELIVERED, RETRY_ATTEMPTS: '185', EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts' };
    expect(read({ messageAttributes: attributes }).retryCount).toBe(185);
  });
});

describe('a message that SQS itself moved', () => {
  it('says that its function ended without a word, and how often it was tried', () => {
    // Six receives by the function that died, and this one.
    expect(read({ receives: 7 })).toEqual({
      ...AROUND,
      eventType: 'domain.TaskCreated',
      message: ENVELOPE,
      error: 'The function ended before it could say why. Its log may tell.',
      retryCount: 5,
    });
  });

  it('is known by the queue that it comes from, also where it is no event', () => {
    const letter = read({ body: 'no event', receives: 7, movedFrom: 'arn:aws:sqs:eu-west-1:123456789012:inbox' });
    expect(letter).toMatchObject({ eventType: 'unreadable', message: 'no event', retryCount: 5 });
    expect(letter.error).toMatch(/^The function ended/);
  });

  it('was never tried less than not at all', () => {
    expect(read({ receives: 1 }).retryCount).toBe(0);
  });
});

describe('a piece of a stream that Lambda gave up', () => {
  it('tells why, and keeps where the piece begins and ends', () => {
    const body = JSON.stringify(DISCARDED);
    expect(read({ body })).toEqual({
      ...AROUND,
      eventType: 'stream.Discarded',
      message: body,
      error: 'Lambda gave up a piece of the stream: RecordAgeExceeded',
      retryCount: 6,
    });
  });

  it.each([
    { ...DISCARDED, DDBStreamBatchInfo: undefined },
    { ...DISCARDED, DDBStreamBatchInfo: null },
    { ...DISCARDED, requestContext: null },
    { ...DISCARDED, requestContext: 'text' },
  ])('that lacks a part of it is unreadable', (piece) => {
    expect(read({ body: JSON.stringify(piece) }).eventType).toBe('unreadable');
  });
});

describe('anything else', () => {
  it.each(['', 'text', '{', 'null', '7', '"text"', '[]', '{}', '{"detail-type":7}', '{"detail-type":""}'])(
    'is kept as it came: %j',
    (body) => {
      expect(read({ body })).toEqual({
        ...AROUND,
        eventType: 'unreadable',
        message: body,
        error: 'The message is no letter, no event and no piece of a stream.',
        retryCount: 0,
      });
    },
  );

  it('is never refused: whatever it is, its body is told', () =>
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), nearLetters), (body) => {
        const letter = read({ body });
        expect([letter.message, letter.timestamp]).toEqual([body, AROUND.timestamp]);
      }),
      { numRuns: 4 * runs() },
    ));
});

const oddValues = fc.oneof(fc.jsonValue(), fc.string());
const knownFields = Object.keys({ ...FAILED_EVENT, ...DISCARDED, 'detail-type': 1, detail: 1 });
/** With fields of the right names; that all of them were right, too, would be a strange chance. */
const nearLetters = fc.dictionary(fc.constantFrom(...knownFields), oddValues).map((one) => JSON.stringify(one));

describe('a message that was a letter sent again', () => {
  const redriveOf = 'letter_01ARZ3NDEKTSV4RRFFQ69G5FAV';
  it('names that letter, where its function died over it', () => {
    const messageAttributes = { 'maos-redrive-of': redriveOf };
    expect(read({ movedFrom: 'arn:inbox', messageAttributes })).toMatchObject({ message: ENVELOPE, redriveOf });
    expect(read({ movedFrom: 'arn:inbox', messageAttributes: { 'maos-redrive-of': 'x' } })).not.toHaveProperty(
      'redriveOf',
    );
  });

  it('does not name one that only its body speaks of', () => {
    expect(read({ body: JSON.stringify({ ...JSON.parse(ENVELOPE), redriveOf }) })).not.toHaveProperty('redriveOf');
  });
});
