import { describe, expect, vi } from 'vitest';
import type { DeadLetterRow } from '../../../functions/contracts/dead-letters.ts';
import { idsOf } from '../../../functions/contracts/messages.ts';
import { drill } from '../../support/delivery/drill.ts';
import type { Maos, SubscriberId } from '../../support/delivery/maos.ts';
import { redrive } from '../../support/delivery/maos.ts';
import { cleanRun, play, plotOf } from '../../support/delivery/played-tasks.ts';
import type { Hiccup, Poison } from '../../support/delivery/poison.ts';
import { HICCUPS, POISON, poisonedBy, poisonIn } from '../../support/delivery/poison.ts';
import type { Message } from '../../support/delivery/queue.ts';
import { historyOf, replayedRows, rowsOf, stateOf } from '../../support/delivery/state.ts';
import { World } from '../../support/delivery/world.ts';

vi.mock('node:timers/promises', () => ({ setTimeout: async () => undefined }));
vi.mock('../../../functions/shared/platform/logger.ts', () => import('../../support/delivery/silence.ts'));

const FAULTS = [
  'projection-tasks throws',
  'task-saga-starter throws',
  'task-follower throws',
  'projection-tasks kills',
  'task-saga-starter kills',
  'task-follower kills',
  'cannot be folded',
  'hiccup',
  'held',
  'healed',
  'moved by the redrive policy',
  'eventAgain',
];

interface Scene {
  maos: Maos;
  clean: Maos;
  poison: Poison;
  hiccup: Hiccup;
  ids: string[];
}

const versionIn = (eventId: string) => Number(eventId.slice(eventId.lastIndexOf('-') + 1));
const aggregateIn = (eventId: string) => eventId.slice(0, eventId.lastIndexOf('-'));
const eventIn = (body: string) => idsOf(body).eventId ?? '';
const inboxOf = (maos: Maos, id: SubscriberId) => maos.subscriptions[id].inbox.sent;

/** Whether a message to the poisoned subscriber meets the poison: where that lies in the log, each later version of its aggregate does. */
function meets({ kind, eventId }: Poison, body: string): boolean {
  const met = eventIn(body);
  if (kind !== 'cannot be folded') return met === eventId;
  return aggregateIn(met) === aggregateIn(eventId) && versionIn(met) >= versionIn(eventId);
}

/** Everything else was handled at its first delivery; behind a function that dies, its neighbours are delivered as often as it is. */
function expectOthersDone({ maos, poison, hiccup }: Scene): void {
  for (const [id, { inbox, maxReceiveCount }] of Object.entries(maos.subscriptions)) {
    const others = inbox.sent.filter((one) => id !== poison.subscriber || !meets(poison, one.body));
    const isDying = id === poison.subscriber && poison.kind === 'kills';
    const most = (one: Message) => {
      if (isDying) return maxReceiveCount + 1;
      return id === hiccup.subscriber && eventIn(one.body) === hiccup.eventId ? 1 + HICCUPS : 1;
    };
    expect(others.filter((one) => one.receives === 0 || one.receives > most(one))).toEqual([]);
  }
}

/** Each delivery of the poison is kept: the very message, why, and how often it was tried. */
function expectParked({ maos, poison }: Scene, letters: readonly DeadLetterRow[]): void {
  const { maxAttempts, maxReceiveCount } = maos.subscriptions[poison.subscriber];
  const isKilled = poison.kind === 'kills';
  const poisoned = inboxOf(maos, poison.subscriber).filter((one) => meets(poison, one.body));
  const parked = letters.filter(({ message }) => poisoned.some(({ body }) => body === message));
  expect(poisoned).not.toEqual([]);
  expect(parked.map(({ message }) => message).sort()).toEqual(poisoned.map(({ body }) => body).sort());
  const neighbours = letters.filter((one) => !parked.includes(one));
  if (neighbours.length > 0) maos.world.tally.add('neighbours of a killer parked');
  expect(isKilled ? [] : neighbours).toEqual([]);
  for (const letter of parked) {
    expect(letter).toMatchObject({
      queue: poison.subscriber,
      subscriptionId: poison.subscriber,
      eventType: expect.stringMatching(/^domain\./),
      error: isKilled ? expect.stringContaining('ended before it could say why') : POISON,
      retryCount: (isKilled ? maxReceiveCount : maxAttempts) - 1,
      fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
      status: 'open',
    });
  }
  const causes = new Set(parked.map(({ eventType, fingerprint }) => `${eventType} ${fingerprint}`));
  expect(causes.size).toBe(new Set(parked.map(({ eventType }) => eventType)).size);
}

/**
 * Later versions of the poisoned aggregate heal what is missing where it can be read from the log, or are held. None is skipped: a row
 * is what all versions up to its own lead to, and a task's history is the beginning of what it has to be.
 */
async function expectNoneSkipped({ maos, clean, poison }: Scene): Promise<void> {
  const { taskId } = poison;
  const version = (await maos.rows.get(taskId))?.version ?? 0;
  expect(await rowsOf(maos.rows, [taskId])).toBe(await replayedRows(maos, [taskId], version));
  if (poison.kind === 'cannot be folded') expect(version).toBe(versionIn(poison.eventId) - 1);
  const history = await historyOf(maos, taskId);
  expect(history).toEqual((await historyOf(clean, taskId)).slice(0, history.length));
  const isHealed = (await stateOf(maos, [taskId])) === (await stateOf(clean, [taskId]));
  maos.world.tally.add(isHealed ? 'healed' : 'held');
}

/** Every message of the letters comes once more, and all is as if nothing had happened; a second time, nothing changes. */
async function expectMended({ maos, clean, poison, ids }: Scene, letters: readonly DeadLetterRow[]): Promise<void> {
  poison.isMended = true;
  let rows: string | undefined;
  let commits: number | undefined;
  for (const _ of ['once', 'twice']) {
    for (const letter of letters) redrive(maos, letter);
    await maos.world.clock.run();
    expect(await stateOf(maos, ids)).toBe(await stateOf(clean, ids));
    expect(await rowsOf(maos.rows, ids)).toBe(rows ?? (await replayedRows(maos, ids)));
    expect(maos.commits).toHaveLength(commits ?? maos.commits.length);
    expect(maos.executions.started.size).toBe(ids.length);
    expect(await maos.recorded()).toHaveLength(letters.length);
    rows = await rowsOf(maos.rows, ids);
    commits = maos.commits.length;
  }
}

describe('an event that cannot be handled', () => {
  drill(
    'stops nobody else, is kept whole, and makes up for it once mended',
    { regressions: [], faults: FAULTS },
    async (seed, tally) => {
      const plot = plotOf(seed);
      const clean = await cleanRun(seed);
      const world = new World(seed, { eventAgain: 0.2, disorder: 1 }, tally);
      const { poison, hiccup } = poisonIn(world, plot, seed);
      const maos = play(world, plot, poisonedBy(world, poison, hiccup));
      await world.clock.run();
      const letters = await maos.recorded();
      const ids = [...plot.keys()];
      const scene = { maos, clean, poison, hiccup, ids };
      const others = ids.filter((id) => id !== poison.taskId);
      const isAlone = letters.every((letter) => poison.kind !== 'kills' || meets(poison, letter.message));
      if (isAlone) expect(await stateOf(maos, others)).toBe(await stateOf(clean, others));
      expectOthersDone(scene);
      expectParked(scene, letters);
      await expectNoneSkipped(scene);
      await expectMended(scene, letters);
    },
  );
});
