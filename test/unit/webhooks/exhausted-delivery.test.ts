import { afterEach, describe, expect, it, vi } from 'vitest';
import { storedEvents } from '../../../functions/shared/platform/log/stored-event.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import { status, WebhookWorld } from '../../support/webhooks/webhook-world.ts';

const log = captureLogLines();
afterEach(() => {
  vi.useRealTimers();
});

const HOUR = 3600_000;
const DAY = 24 * HOUR;
const GONE = 'The receiver answered with status 410 (Gone): nothing is taken there any more.';
const UNSENT = 'The receiver had answered before that nothing is taken there any more.';

/** A stream of two, whose first message nobody takes. */
async function givenUp() {
  const world = new WebhookWorld();
  world.delaysSeconds = [1, 2];
  const given = await world.given(2);
  const isFirst = (id = '') => id.endsWith('-1');
  world.receive = ({ headers }) => status(isFirst(headers['webhook-id']) ? 500 : 200);
  await world.play(HOUR);
  return { world, ...given };
}

describe('a message that is given up', () => {
  it('is in the dead letters, in the event log, and lets the next one go', async () => {
    const { world, id, deliveries } = await givenUp();
    expect(await deliveries()).toMatchObject([{ status: 'exhausted', exhaustions: 1 }, { status: 'delivered' }]);
    expect(world.letters).toMatchObject([
      {
        subscriptionId: 'webhooks',
        eventType: 'webhook.exhausted',
        error: 'The receiver answered with status 500 (Internal Server Error).',
        retryCount: 2,
      },
    ]);
    expect(JSON.parse(world.letters[0]?.message ?? '')).toEqual({
      'detail-type': 'maos.WebhooksDue',
      detail: { stream: id, deliveryId: `${id}-1`, metadata: { correlationId: 'corr_1' } },
    });
    const [event] = world.queue.history.flatMap(storedEvents);
    expect(event).toMatchObject({
      eventId: `delivery_${id}-1-1`,
      eventType: 'domain.DeliveryExhausted',
      data: {
        eventData: {
          deliveryId: `${id}-1`,
          webhookId: `msg_${id}-1`,
          stream: id,
          attempts: 3,
          reason: 'The receiver answered with status 500 (Internal Server Error).',
        },
      },
      metadata: { correlationId: 'corr_1' },
    });
    expect(world.store.streams.get(id)?.dueAt).toBeUndefined();
  });

  it('leaves no address, body or secret in letters, events and log lines', async () => {
    const { world } = await givenUp();
    const told = [JSON.stringify(world.letters), JSON.stringify(world.queue.history), log.text()].join();
    expect(told).toContain('DeliveryExhausted');
    for (const secret of ['receiver.example', 'whsec_', 'v1,', '"seq']) expect(told).not.toContain(secret);
  });

  it('has its letter before anything says that it is given up', async () => {
    const world = new WebhookWorld();
    world.delaysSeconds = [];
    const { deliveries, id } = await world.given(1);
    world.receive = () => status(500);
    const ports = { ...world.ports(), deadLetter: () => Promise.reject(new Error('no queue')) };
    vi.spyOn(world, 'ports').mockReturnValueOnce(ports);
    await expect(world.send(id)).rejects.toThrow('no queue');
    expect(await deliveries()).toMatchObject([{ status: 'pending', revision: 1 }]);
    expect(world.queue.history).toEqual([]);
    await world.play(HOUR);
    expect([(await deliveries())[0]?.status, world.letters.length]).toEqual(['exhausted', 1]);
  });

  it('goes out again by a replay, under the same id, and can be given up again', async () => {
    const { world, id, deliveries } = await givenUp();
    const [first] = await deliveries();
    if (first) await world.store.replay(first, new Date().toISOString());
    await world.kick(id);
    await world.play(HOUR);
    expect(world.tries.filter(({ headers }) => headers['webhook-id'] === `msg_${id}-1`)).toHaveLength(6);
    expect(await deliveries()).toMatchObject([
      { status: 'exhausted', exhaustions: 2, tries: 3 },
      { status: 'delivered' },
    ]);
    expect(world.queue.history.map(({ aggregateId, version }) => [aggregateId, version])).toEqual([
      [`delivery_${id}-1`, 1],
      [`delivery_${id}-1`, 2],
    ]);
    const bodies = world.tries.filter(({ headers }) => headers['webhook-id'] === `msg_${id}-1`).map(({ body }) => body);
    expect(new Set(bodies).size).toBe(1);
  });

  it('is known for a week from its end, also one that was delivered', async () => {
    const { deliveries, world } = await givenUp();
    await world.play(7 * DAY - 2 * HOUR);
    expect(await deliveries()).toHaveLength(2);
    await world.play(2 * HOUR);
    expect(await deliveries()).toEqual([]);
  });
});

describe('a receiver that answers 410', () => {
  const gone = async () => {
    const world = new WebhookWorld();
    const given = await world.given(2);
    world.receive = () => status(410);
    await world.play(HOUR);
    return { world, ...given };
  };

  it('gets nothing any more: what was for it is given up, each with its letter', async () => {
    const { world, id, deliveries } = await gone();
    await world.tell(id, 3);
    await world.play(HOUR);
    expect(world.tries).toHaveLength(1);
    expect(await deliveries()).toMatchObject([
      { status: 'exhausted', tries: 1, attempts: [{ statusCode: 410, error: GONE }] },
      { status: 'exhausted', tries: 0, attempts: [] },
      { status: 'exhausted', tries: 0, attempts: [] },
    ]);
    expect(world.letters.map(({ error, retryCount }) => [error, retryCount])).toEqual([
      [GONE, 0],
      [UNSENT, 0],
      [UNSENT, 0],
    ]);
    expect(world.queue.history).toHaveLength(3);
  });

  it('gets what somebody sends again, and what is given after that', async () => {
    const { world, id, deliveries } = await gone();
    world.receive = () => status(200);
    const [, second] = await deliveries();
    if (second) await world.store.replay(second, new Date().toISOString());
    await world.tell(id, 3);
    await world.play(HOUR);
    expect((await deliveries()).map((one) => one.status)).toEqual(['exhausted', 'delivered', 'delivered']);
  });
});
