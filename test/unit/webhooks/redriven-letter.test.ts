import { afterEach, describe, expect, it, vi } from 'vitest';
import { letterRedriver } from '../../../functions/webhooks/adapters/redriven-letter.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import { status, WebhookWorld } from '../../support/webhooks/webhook-world.ts';

captureLogLines();
afterEach(() => {
  vi.useRealTimers();
});

/** A message that was given up, its letter, and what sending that again does. */
async function givenUp() {
  const world = new WebhookWorld();
  const given = await world.given(1);
  world.receive = () => status(410);
  await world.send(given.id);
  const letter = JSON.parse(world.letters[0]?.message ?? '{}').detail;
  const redrive = letterRedriver(world.store);
  return { ...given, world, letter, redrive: () => redrive(letter, new Date().toISOString()) };
}

describe('the letter of a callback that was given up, sent again', () => {
  it('has it delivered after all, under the same id', async () => {
    const { world, id, deliveries, redrive } = await givenUp();
    expect(await deliveries()).toMatchObject([{ status: 'exhausted' }]);
    world.receive = () => status(200);
    await redrive();
    await world.send(id);
    expect(await deliveries()).toMatchObject([{ status: 'delivered' }]);
    expect(new Set(world.tries.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });

  it('twice, sends it once', async () => {
    const { world, id, redrive } = await givenUp();
    world.receive = () => status(200);
    await redrive();
    await redrive();
    await world.send(id);
    await redrive();
    await world.send(id);
    expect(world.tries).toHaveLength(2);
  });

  it('says so where the message is forgotten', async () => {
    const { world, id, letter, redrive } = await givenUp();
    world.store.streams.get(id)?.deliveries.clear();
    await expect(redrive()).rejects.toThrow(`There is no delivery ${letter.deliveryId}.`);
  });

  it('is no matter of those that name no message', async () => {
    const { world, id } = await givenUp();
    await letterRedriver(world.store)({ stream: id }, new Date().toISOString());
    await world.send(id);
    expect(world.tries).toHaveLength(1);
  });
});
