import { afterEach, describe, expect, it, vi } from 'vitest';
import type { DeliveryRecord } from '../../../functions/shared/platform/webhooks/deliveries.ts';
import { webhookIdOf } from '../../../functions/shared/platform/webhooks/deliveries.ts';
import { Tally } from '../../support/delivery/tally.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import { DRILL, isDrill } from '../../support/seeds.ts';
import { webhookDrill } from '../../support/webhooks/webhook-drill.ts';

captureLogLines();
afterEach(() => {
  vi.useRealTimers();
});

const SEEDS = Array.from({ length: isDrill ? 200 : 16 }, (_, index) => index + 1);
const FAULTS = ['answers too late', 'resets', 'fails', 'is busy', 'dies before', 'dies after', 'is taken over'];

type Drill = Awaited<ReturnType<typeof webhookDrill>>;

/** What was taken of a stream, each message where it came first. */
function firstTaken({ taken }: Drill, stream: string): string[] {
  const ofStream = taken.filter(({ webhookId }) => webhookId.startsWith(`msg_${stream}-`));
  return [...new Set(ofStream.map(({ webhookId }) => webhookId))];
}

function assertInOrder(drill: Drill, stream: string, deliveries: readonly DeliveryRecord[]): void {
  const delivered = deliveries
    .filter(({ status }) => status === 'delivered')
    .map(({ seq }) => webhookIdOf(stream, seq));
  // One that was given up may have been taken by a receiver that said so too late.
  expect(firstTaken(drill, stream).filter((id) => delivered.includes(id))).toEqual(delivered);
  for (const { webhookId, body } of drill.taken) {
    const one = deliveries.find((delivery) => delivery.webhookId === webhookId);
    if (one !== undefined) expect(body).toBe(one.body);
  }
}

/** Each has a letter at least, and is once in the event log. */
function assertTold({ world }: Drill, { deliveryId, status }: DeliveryRecord): void {
  const letters = world.letters.filter(({ message }) => JSON.parse(message).detail.deliveryId === deliveryId);
  const events = world.queue.history.filter(({ aggregateId }) => aggregateId === `delivery_${deliveryId}`);
  expect(events).toHaveLength(status === 'exhausted' ? 1 : 0);
  if (status === 'exhausted') expect(letters.length).toBeGreaterThan(0);
}

describe('twenty senders at once, which die, before a receiver that fails', () => {
  const seen = new Tally();

  it.each(SEEDS)(
    'bring every message to its end, in order, none skipped, under one id each: seed %i',
    DRILL,
    async (seed) => {
      const drill = await webhookDrill(seed);
      for (const { id, deliveries } of drill.streams) {
        const all = await deliveries();
        assertInOrder(drill, id, all);
        for (const one of all) assertTold(drill, one);
        for (const { status } of all) seen.add(status);
        expect(all.map(({ seq }) => seq)).toEqual(all.map((_, index) => index + 1));
      }
      for (const fault of FAULTS) seen.add(fault, drill.faults.of(fault));
      seen.add('duplicates', drill.taken.length - new Set(drill.taken.map(({ webhookId }) => webhookId)).size);
      expect([seen.of('pending'), drill.faults.of('changes again')]).toEqual([0, 0]);
    },
  );

  // A fault that never came proves nothing.
  it.each([...FAULTS, 'duplicates', 'delivered', 'exhausted'])('have met it: %s', (what) => {
    expect(seen.of(what)).toBeGreaterThan(0);
  });
});
