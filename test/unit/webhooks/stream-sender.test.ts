import { afterEach, describe, expect, it, vi } from 'vitest';
import { RequestFailed } from '../../../functions/shared/platform/outgoing/guarded-request.ts';
import { streamSender } from '../../../functions/webhooks/adapters/stream-sender.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import { START, status, WebhookWorld } from '../../support/webhooks/webhook-world.ts';

captureLogLines();
afterEach(() => {
  vi.useRealTimers();
});

const HOUR = 3600_000;
const ids = ({ tries }: WebhookWorld) => tries.map(({ headers }) => headers['webhook-id']);

describe('a stream', () => {
  it('goes out in order, each message once, and leaves nothing due', async () => {
    const world = new WebhookWorld();
    const { id, deliveries } = await world.given(3);
    await world.play(HOUR);
    expect(ids(world)).toEqual([1, 2, 3].map((seq) => `msg_${id}-${seq}`));
    expect((await deliveries()).map((one) => [one.status, one.tries])).toEqual(Array(3).fill(['delivered', 1]));
    expect(world.store.streams.get(id)?.dueAt).toBeUndefined();
    expect(world.store.streams.get(id)?.claimedUntil).toBeUndefined();
  });

  it('waits behind its lowest message, and goes on where that is delivered', async () => {
    const world = new WebhookWorld();
    world.random = () => 0.5;
    const { id } = await world.given(2);
    world.receive = ({ at }) => status(at < START + 60_000 ? 503 : 200);
    await world.play(HOUR);
    expect(ids(world)).toEqual([1, 1, 1, 2].map((seq) => `msg_${id}-${seq}`));
  });

  it('with nothing to send is left alone', async () => {
    const world = new WebhookWorld();
    const { id } = await world.given(0);
    await world.send(id);
    await world.send('req_unknown');
    expect(world.tries).toEqual([]);
  });

  it('takes several kicks for one', async () => {
    const world = new WebhookWorld();
    const { id } = await world.given(1);
    await Promise.all(Array.from({ length: 20 }, () => world.send(id)));
    expect(world.tries).toHaveLength(1);
  });

  it('whose time is short is left to the next call', async () => {
    const world = new WebhookWorld();
    const { id } = await world.given(2);
    world.kicks = [];
    world.receive = () => {
      vi.setSystemTime(Date.now() + 15_000);
      return status(200);
    };
    await world.send(id, 30_000);
    expect(world.tries).toHaveLength(1);
    expect(world.kicks).toEqual([{ stream: id, at: START + 15_000 }]);
    await world.send(id);
    expect(world.tries).toHaveLength(2);
  });

  it('renews its claim while it is at work, so that nobody comes in between', async () => {
    const world = new WebhookWorld();
    const { id } = await world.given(6);
    world.receive = async () => {
      vi.setSystemTime(Date.now() + 14_000);
      await world.send(id);
      return status(200);
    };
    await world.send(id);
    expect(ids(world)).toEqual([1, 2, 3, 4, 5, 6].map((seq) => `msg_${id}-${seq}`));
  });

  it('is looked at again where something is given while its sender lets go', async () => {
    const world = new WebhookWorld();
    const { id } = await world.given(1);
    const release = world.queue.release;
    let releases = 0;
    world.queue.release = async (...args) => {
      releases += 1;
      if (releases > 1) return release(...args);
      await world.tell(id, 2);
      // Its own kick comes at the worst moment: before the stream is free.
      await world.send(id);
      return release(...args);
    };
    world.kicks = [];
    await world.send(id);
    expect([ids(world), releases]).toEqual([[`msg_${id}-1`, `msg_${id}-2`], 2]);
  });
});

describe('a sender that breaks', () => {
  it.each(['secrets', 'record', 'deadLetter'] as const)(
    'lets go, so that the next one meets it too: %s',
    async (what) => {
      const world = new WebhookWorld();
      const { id, deliveries } = await world.given(1);
      world.receive = () => status(410);
      const ports = world.ports();
      const broken = () => Promise.reject(new Error(`Broken: ${what}`));
      const breaking = {
        ...ports,
        ...(what === 'secrets' && { secrets: { active: broken } }),
        ...(what === 'record' && { queue: { ...ports.queue, record: broken } }),
        ...(what === 'deadLetter' && { deadLetter: broken }),
      };
      for (const _ of [1, 2]) {
        await expect(streamSender(breaking)(id, Date.now() + 115_000)).rejects.toThrow(`Broken: ${what}`);
      }
      await world.send(id);
      expect(await deliveries()).toMatchObject([{ status: 'exhausted', exhaustions: 1 }]);
    },
  );

  it('lets go of a claim that it has renewed', async () => {
    const world = new WebhookWorld();
    const { id, deliveries } = await world.given(2);
    world.receive = () => {
      vi.setSystemTime(Date.now() + 14_000);
      return status(200);
    };
    const { record } = world.queue;
    const ports = { ...world.ports(), queue: { ...world.queue } };
    ports.queue.record = async (change) => {
      if (change.before.seq === 2) throw new Error('The table is away.');
      return record(change);
    };
    await expect(streamSender(ports)(id, Date.now() + 115_000)).rejects.toThrow('The table is away.');
    expect(world.store.streams.get(id)?.claimedUntil).toBeUndefined();
    await world.send(id);
    expect((await deliveries()).map((one) => one.status)).toEqual(['delivered', 'delivered']);
  });

  it('says what broke it, also where it cannot let go', async () => {
    const world = new WebhookWorld();
    const { id } = await world.given(1);
    const away = () => Promise.reject(new Error('The table is away.'));
    const ports = { ...world.ports(), queue: { ...world.queue, read: away, drop: away } };
    await expect(streamSender(ports)(id, Date.now() + 115_000)).rejects.toThrow('The table is away.');
  });

  it('gives nothing up that was given again while it read that the receiver is gone', async () => {
    const world = new WebhookWorld();
    const { id, deliveries } = await world.given(2);
    world.receive = () => status(410);
    const { record } = world.queue;
    world.queue.record = async (change) => {
      const second = (await deliveries())[1];
      if (change.before.seq === 2 && second) {
        world.queue.record = record;
        world.receive = () => status(200);
        await world.store.replay(second, new Date().toISOString());
      }
      return record(change);
    };
    await world.send(id);
    expect((await deliveries()).map((one) => one.status)).toEqual(['exhausted', 'delivered']);
  });
});

describe('a message that fails', () => {
  it('is tried by the schedule, each delay within a fifth, and given up after the last', async () => {
    const world = new WebhookWorld();
    const { deliveries } = await world.given(1);
    world.receive = () => status(500);
    const waits: number[] = [];
    const record = world.queue.record;
    world.queue.record = async (change) => {
      if (change.after.status === 'pending') waits.push(Date.parse(change.after.nextAttemptAt) - Date.now());
      return record(change);
    };
    await world.play(24 * HOUR);
    expect(waits).toHaveLength(world.delaysSeconds.length);
    const gaps = world.tries.slice(1).map(({ at }, index) => at - (world.tries[index]?.at ?? 0));
    for (const [index, delay] of world.delaysSeconds.entries()) {
      expect(waits[index]).toBeGreaterThanOrEqual(800 * delay - 1);
      expect(waits[index]).toBeLessThanOrEqual(1200 * delay + 1);
      // A kick comes by the second, and what no kick can wait for comes with a sweep.
      const slack = (waits[index] ?? 0) > 900_000 ? 60_000 : 1000;
      expect(gaps[index]).toBeGreaterThanOrEqual(waits[index] ?? 0);
      expect(gaps[index]).toBeLessThanOrEqual((waits[index] ?? 0) + slack);
    }
    expect(await deliveries()).toMatchObject([{ status: 'exhausted', tries: world.tries.length, exhaustions: 1 }]);
  });

  it('is not tried before its receiver wants it, by seconds or by date', async () => {
    const world = new WebhookWorld();
    await world.given(1);
    const answers = [
      status(429, { 'retry-after': '600' }),
      status(503, { 'retry-after': new Date(START + 4 * HOUR).toUTCString() }),
    ];
    world.receive = () => answers.shift() ?? status(200);
    await world.play(5 * HOUR);
    const [, second = 0, third = 0] = world.tries.map(({ at }) => at - START);
    expect(world.tries).toHaveLength(3);
    expect([second, third]).toEqual([600_000, 4 * HOUR]);
  });

  it('says of each try when it was, how long it took and what came of it, and no more', async () => {
    const world = new WebhookWorld();
    const { deliveries } = await world.given(1);
    const answers = [() => Promise.reject(new RequestFailed('address')), () => status(302, { location: 'http://x' })];
    world.receive = () => {
      vi.setSystemTime(Date.now() + 20);
      return answers.shift()?.() ?? status(204);
    };
    await world.play(HOUR);
    const [one] = await deliveries();
    expect(one?.attempts.map(({ at: _, ...rest }) => rest)).toEqual([
      { durationMs: 20, error: 'The address may not be called.' },
      {
        durationMs: 20,
        statusCode: 302,
        error: 'The receiver answered with status 302 (Found); redirects are not followed.',
      },
      { durationMs: 20, statusCode: 204 },
    ]);
    expect(one?.attempts.map(({ at }) => Date.parse(at))).toEqual(world.tries.map(({ at }) => at));
  });

  it('keeps the newest 50 of its tries', async () => {
    const world = new WebhookWorld();
    world.delaysSeconds = Array(60).fill(1);
    const { deliveries } = await world.given(1);
    world.receive = () => status(500);
    await world.play(HOUR);
    const [one] = await deliveries();
    expect([one?.tries, one?.attempts.length, one?.status]).toEqual([61, 50, 'exhausted']);
    expect(Date.parse(one?.attempts.at(-1)?.at ?? '')).toBe(world.tries.at(-1)?.at);
  });
});
