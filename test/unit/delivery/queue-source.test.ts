import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Lambdas } from '../../support/delivery/lambdas.ts';
import { Queue } from '../../support/delivery/queue.ts';
import { queueSource } from '../../support/delivery/queue-source.ts';
import type { Weather } from '../../support/delivery/world.ts';
import { World } from '../../support/delivery/world.ts';

afterEach(() => {
  vi.useRealTimers();
});

type Records = SQSEvent['Records'];
/** What a function does with a batch: the bodies of those that it reports. */
type Handle = (records: Records, lambdas: Lambdas, queue: Queue) => string[] | Promise<string[]>;

/** What was received, `body@second`, until nothing came any more. */
async function received(bodies: string[], handle: Handle, weather: Partial<Weather> = {}) {
  const world = new World(1, weather);
  const lambdas = new Lambdas(world);
  const letters = new Queue(world, { name: 'letters', visibilityTimeout: 60 });
  const queue = new Queue(world, {
    name: 'inbox',
    visibilityTimeout: 30,
    redrive: { to: letters, maxReceiveCount: 3 },
  });
  const begin = world.clock.now;
  const seen: string[] = [];
  const fn = lambdas.deploy<SQSEvent, SQSBatchResponse>('fn', {}, () => async ({ Records }) => {
    const second = Math.floor((world.clock.now - begin) / 1000);
    seen.push(...Records.map(({ body }) => `${body}@${second}`));
    const failed = await handle(Records, lambdas, queue);
    const ids = Records.filter(({ body }) => failed.includes(body)).map(({ messageId }) => messageId);
    return { batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) };
  });
  vi.spyOn(world, 'whole').mockImplementation((_, high) => high);
  queueSource(world, { queue, fn, batchSize: 10, concurrency: 2 });
  for (const body of bodies) queue.send(body);
  world.clearsUpIn(120_000);
  await world.clock.run();
  return { seen, world, letters, left: queue.bodies };
}

describe('the event source of a queue', () => {
  it('deletes what is not reported, and brings the rest again after the visibility timeout', async () => {
    const { seen, left } = await received(['a', 'b'], ([first]) =>
      Number(first?.attributes.ApproximateReceiveCount) < 2 ? ['b'] : [],
    );
    expect([seen, left]).toEqual([['a@0', 'b@0', 'b@30'], []]);
  });

  it.each([
    ['throws', () => Promise.reject(new Error('no'))],
    ['dies', (_: Records, lambdas: Lambdas) => lambdas.kill()],
  ])(
    'brings the whole batch again where its function %s, and moves it as it is after three times',
    async (_, handle) => {
      const { seen, letters, left } = await received(['a', 'b'], handle as Handle);
      expect(seen.sort()).toEqual(['a@0', 'a@30', 'a@60', 'b@0', 'b@30', 'b@60']);
      expect([letters.bodies, left]).toEqual([['a', 'b'], []]);
      const [moved] = letters.receive(1);
      expect(moved).toMatchObject({
        messageId: 'inbox/1',
        attributes: { ApproximateReceiveCount: '4', DeadLetterQueueSourceArn: expect.stringMatching(/:inbox$/) },
      });
    },
  );

  it('brings a message when its own visibility ends, once that was changed', async () => {
    const { seen } = await received(['a'], async ([record], _, queue) => {
      if (record?.attributes.ApproximateReceiveCount !== '1') return [];
      queue.changeVisibility(record.receiptHandle, 4);
      return ['a'];
    });
    expect(seen).toEqual(['a@0', 'a@4']);
  });

  it('brings a message again that was received or deleted, and then takes only the newest receipt', async () => {
    const handle: Handle = async (_, lambdas) => {
      for (let call = 0; call < 60; call += 1) await lambdas.call('work', () => undefined);
      return [];
    };
    const { seen, world, left } = await received([...'abcdefghij'], handle, { messageAgain: 0.5, disorder: 1 });
    expect(seen.length).toBeGreaterThan(10);
    expect(world.tally.of('messageAgain in flight')).toBeGreaterThan(0);
    expect(world.tally.of('messageAgain after delete')).toBeGreaterThan(0);
    expect(world.tally.of('stale receipt')).toBeGreaterThan(0);
    expect(left).toEqual([]);
  });

  it('refuses a receipt that is not the newest', async () => {
    const world = new World(1);
    const queue = new Queue(world, { name: 'inbox', visibilityTimeout: 30 });
    queue.send('a');
    await world.clock.run(1000);
    const [old] = queue.receive(1);
    expect(queue.receive(1)).toEqual([]);
    await world.clock.run(31_000);
    const [now] = queue.receive(1);
    expect(queue.delete(old?.receiptHandle ?? '')).toBe(false);
    expect(() => queue.changeVisibility(old?.receiptHandle ?? '', 1)).toThrow('not in flight');
    expect(queue.delete(now?.receiptHandle ?? '')).toBe(true);
    expect(queue.bodies).toEqual([]);
  });
});
