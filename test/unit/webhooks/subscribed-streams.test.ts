import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { storedEvents } from '../../../functions/shared/platform/log/stored-event.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import { givenEvent, SUB } from '../../support/webhooks/subscribed-streams.ts';
import { status, WebhookWorld } from '../../support/webhooks/webhook-world.ts';

const log = captureLogLines();
afterEach(() => {
  vi.useRealTimers();
});

const SECOND = 1000;
const DAY = 24 * 3600 * SECOND;
const FAILED = 'The receiver answered with status 500 (Internal Server Error).';
const LETTER = 'letter_01ARZ3NDEKTSV4RRFFQ69G5FAV';

const failing = () => {
  const world = new WebhookWorld();
  world.random = () => 0.5;
  world.receive = () => status(500);
  return world;
};

describe('an event for a subscriber', () => {
  it('goes out as it is, under its own id, signed by its subscription', async () => {
    const world = new WebhookWorld();
    const { event, body, subscriptionId } = await givenEvent(world);
    await world.play(SECOND);
    const [tried] = world.tries;
    expect(tried).toMatchObject({ url: 'https://subscriber.example/hook', body });
    expect(tried?.headers).toMatchObject({ 'webhook-id': event.eventId, 'x-correlation-id': 'corr_1' });
    const [secret] = await world.secrets.active(subscriptionId);
    const said = new Webhook(secret).verify(tried?.body ?? '', tried?.headers ?? {});
    expect(said).toEqual({ subscriptionId, event });
  });

  it.each([
    [1, []],
    [3, [5, 60]],
    [8, [5, 60, 300, 1800, 7200, 7200, 7200]],
  ])('is tried %i times, with the last delay again and again', async (maxTries, delays) => {
    const world = failing();
    const { delivery } = await givenEvent(world, { maxTries });
    const waits: number[] = [];
    const { record } = world.queue;
    world.queue.record = async (change) => {
      const { status: after, nextAttemptAt } = change.after;
      if (after === 'pending') waits.push((Date.parse(nextAttemptAt) - Date.now()) / SECOND);
      return record(change);
    };
    await world.play(2 * DAY);
    expect([world.tries.length, waits]).toEqual([maxTries, delays]);
    expect(await delivery()).toMatchObject({ status: 'exhausted', tries: maxTries, exhaustions: 1 });
  });

  it('is counted, with the reason of the last try that failed', async () => {
    const world = failing();
    await givenEvent(world);
    await world.play(30 * SECOND);
    world.receive = () => status(200);
    await world.play(DAY);
    world.receive = () => status(410);
    await givenEvent(world);
    await world.play(DAY);
    const failed = { subscriptionId: SUB, delivered: false };
    expect(world.subscriptions.noted).toEqual([
      { ...failed, error: FAILED, exhausted: false },
      { ...failed, error: FAILED, exhausted: false },
      { subscriptionId: SUB, delivered: true },
      { ...failed, error: expect.stringContaining('status 410'), exhausted: true },
    ]);
  });

  it('is delivered also where it cannot be counted', async () => {
    const world = new WebhookWorld();
    const { delivery } = await givenEvent(world);
    world.subscriptions.note = () => Promise.reject(new Error('The table is away.'));
    await world.play(DAY);
    expect([world.tries.length, (await delivery())?.status]).toEqual([1, 'delivered']);
    expect(log.lines()).toContainEqual(
      expect.objectContaining({ level: 'WARN', message: 'An outcome was not counted', correlationId: 'corr_1' }),
    );
  });

  it('that somebody else has recorded is counted by him', async () => {
    const world = new WebhookWorld();
    await givenEvent(world);
    const { record } = world.queue;
    world.queue.record = async (change) => {
      await record(change);
      return record(change);
    };
    await world.play(DAY);
    expect(world.subscriptions.noted).toEqual([]);
  });
});

describe('an event that is given up', () => {
  it('is a dead letter with the event itself, and in the log', async () => {
    const world = failing();
    const { event, id, subscriptionId } = await givenEvent(world);
    await world.play(DAY);
    expect(world.letters).toEqual([]);
    expect(world.subscriberLetters).toEqual([
      {
        subscriptionId,
        eventType: 'order.placed',
        message: expect.any(String),
        error: FAILED,
        fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
        timestamp: expect.any(String),
        retryCount: 2,
      },
    ]);
    expect(JSON.parse(world.subscriberLetters[0]?.message ?? '')).toEqual({
      'detail-type': 'maos.EventMatched',
      detail: { subscriptionId, event },
    });
    expect(world.queue.history.flatMap(storedEvents)).toMatchObject([
      {
        eventId: `delivery_${id}-1-1`,
        eventType: 'domain.DeliveryExhausted',
        data: { eventData: { webhookId: event.eventId, stream: id, attempts: 3, reason: FAILED } },
      },
    ]);
  });

  it('names the letter that it was sent again for', async () => {
    const world = failing();
    await givenEvent(world, { redriveOf: LETTER, maxTries: 1 });
    await world.play(DAY);
    expect(world.subscriberLetters).toMatchObject([{ redriveOf: LETTER, retryCount: 0 }]);
  });

  it('is no letter where its subscriber wants none, and in the log all the same', async () => {
    const world = failing();
    await givenEvent(world, { deadLetters: false });
    await world.play(DAY);
    expect([world.subscriberLetters, world.letters, world.queue.history.length]).toEqual([[], [], 1]);
    expect(world.subscriptions.noted.at(-1)).toMatchObject({ exhausted: true });
  });

  it('has its letter before anything says that it is given up', async () => {
    const world = failing();
    const { id, delivery } = await givenEvent(world, { maxTries: 1 });
    const ports = { ...world.ports(), subscriberLetter: () => Promise.reject(new Error('no queue')) };
    vi.spyOn(world, 'ports').mockReturnValueOnce(ports);
    await expect(world.send(id)).rejects.toThrow('no queue');
    expect(await delivery()).toMatchObject({ status: 'pending', tries: 0 });
    expect([world.queue.history, world.subscriptions.noted]).toEqual([[], []]);
    await world.play(DAY);
    expect([world.subscriberLetters.length, (await delivery())?.status]).toEqual([1, 'exhausted']);
  });
});
