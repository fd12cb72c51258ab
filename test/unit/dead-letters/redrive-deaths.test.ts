import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RedriveAnswer } from '../../../functions/contracts/api/dead-letter.ts';
import type { DeadLetterRow } from '../../../functions/contracts/dead-letters.ts';
import { redriveLetters } from '../../../functions/dead-letters/adapters/letter-redrive.ts';
import type { DeskWorld } from '../../support/dead-letters/desk-world.ts';
import { deskWorld, mortalDesk } from '../../support/dead-letters/desk-world.ts';
import { envelopeOf, OPERATOR } from '../../support/dead-letters/letter-samples.ts';
import { letterTables } from '../../support/dead-letters/letter-table.ts';
import type { Fault } from '../../support/faults.ts';
import { everyFault, FaultLine } from '../../support/faults.ts';
import { captureLogLines } from '../../support/log-lines.ts';

captureLogLines();
const tables = letterTables();
let desk: DeskWorld;
beforeEach(() => {
  desk = deskWorld(tables);
});
afterEach(() => {
  vi.useRealTimers();
});

const redriven = async (body: object): Promise<RedriveAnswer> => (await desk.redrive(body)).json.data as RedriveAnswer;
const endsOf = ({ deadLetterId }: DeadLetterRow) =>
  desk.commits().filter(({ aggregateId }) => aggregateId === deadLetterId);
const timesSent = ({ deadLetterId }: DeadLetterRow) =>
  desk.sent.filter((one) => one.deadLetterId === deadLetterId).length;

describe('a redrive that dies', () => {
  /** Two events of one aggregate, and a letter that cannot be sent the first time. */
  async function letters(): Promise<DeadLetterRow[]> {
    desk = deskWorld(tables);
    const made = [
      await desk.recorded({ message: envelopeOf('task_1', 1) }),
      await desk.recorded({ message: envelopeOf('task_1', 2) }),
      await desk.recorded({ queue: 'webhooks', message: '{}' }),
    ];
    let refusals = 1;
    desk.sending = async (_, id) => {
      if (id !== made[2]?.deadLetterId || refusals === 0) return;
      refusals -= 1;
      throw new Error('no');
    };
    return made;
  }

  async function died(fault?: Fault) {
    const made = await letters();
    const line = new FaultLine(fault);
    const deadLetterIds = made.map(({ deadLetterId }) => deadLetterId);
    const order = { deadLetterIds, dryRun: false, by: OPERATOR, begun: Date.now() };
    await redriveLetters(mortalDesk(desk.ports, line), order).catch(() => undefined);
    return { made, line };
  }

  /** Ended and sent, or open. */
  async function assertKept(letter: DeadLetterRow): Promise<void> {
    const isEnded = (await desk.statusOf(letter)) === 'redriven';
    expect(endsOf(letter)).toHaveLength(isEnded ? 1 : 0);
    if (isEnded) expect(timesSent(letter)).toBe(1);
  }

  /** In a minute all of it can be sent again; what is refused the first time goes the second. */
  async function settle(made: readonly DeadLetterRow[]): Promise<void> {
    desk.pass(60_000);
    const deadLetterIds = made.map(({ deadLetterId }) => deadLetterId);
    expect((await redriven({ deadLetterIds })).failed).toBeLessThanOrEqual(1);
    await redriven({ deadLetterIds });
  }

  it('at any point leaves every letter open, or its message sent', async () => {
    const { line: counting } = await died();
    // One look; three claims and three tries to send; two ends; one claim that is given back.
    expect(counting.calls).toBe(10);
    for (const fault of everyFault(counting.calls)) {
      const { made, line } = await died(fault);
      expect(line.fired, JSON.stringify(fault)).toBe(true);
      for (const letter of made) await assertKept(letter);
      await settle(made);
      for (const letter of made) {
        expect([await desk.statusOf(letter), endsOf(letter).length], JSON.stringify(fault)).toEqual(['redriven', 1]);
        expect(timesSent(letter)).toBeOneOf([1, 2]);
      }
    }
  });

  it('right behind a claim keeps others away for a minute, and no longer', async () => {
    // One look, one claim.
    const { made, line } = await died({ call: 2, when: 'after' });
    expect(line.fired).toBe(true);
    const fingerprint = made[0]?.fingerprint;
    const first = await redriven({ fingerprint });
    expect(first.skipped).toBeGreaterThanOrEqual(1);
    expect(first.outcomes).toContainEqual(
      expect.objectContaining({ outcome: 'skipped', reason: 'The letter is being sent.' }),
    );
    desk.pass(60_000);
    await redriven({ fingerprint });
    for (const letter of made) expect(await desk.statusOf(letter)).toBe('redriven');
  });
});

describe('two redrives at once', () => {
  it('send once: one does it, and the other says that it is being done', async () => {
    const letter = await desk.recorded();
    const body = { deadLetterIds: [letter.deadLetterId] };
    const others: RedriveAnswer[] = [];
    desk.sending = async () => void others.push(await redriven(body));
    expect(await redriven(body)).toMatchObject({ redriven: 1 });
    const outcome = {
      deadLetterId: letter.deadLetterId,
      outcome: 'skipped',
      code: 'CONFLICT',
      reason: 'The letter is being sent.',
    };
    expect(others).toEqual([{ matched: 1, redriven: 0, skipped: 1, failed: 0, outcomes: [outcome] }]);
    expect(timesSent(letter)).toBe(1);
  });

  it('that have both looked before are no different', async () => {
    const letter = await desk.recorded();
    const { claim } = desk.ports.letters;
    let isFirst = true;
    let other: RedriveAnswer | undefined;
    desk.ports.letters.claim = async (...args) => {
      if (isFirst) {
        isFirst = false;
        other = await redriven({ deadLetterIds: [letter.deadLetterId] });
      }
      return claim(...args);
    };
    const answer = await redriven({ deadLetterIds: [letter.deadLetterId] });
    expect(other).toMatchObject({ redriven: 1 });
    expect(answer).toMatchObject({ skipped: 1, outcomes: [{ reason: `The letter was redriven at ${desk.now()}.` }] });
    expect(timesSent(letter)).toBe(1);
  });

  it('of which one was stopped for a minute both send, and one of them ends the letter', async () => {
    const letter = await desk.recorded();
    const body = { deadLetterIds: [letter.deadLetterId] };
    desk.sending = async () => {
      desk.sending = async () => undefined;
      desk.pass(60_000);
      expect(await redriven(body)).toMatchObject({ redriven: 1 });
    };
    expect(await redriven(body)).toMatchObject({ redriven: 1, outcomes: [] });
    expect([timesSent(letter), endsOf(letter).length]).toEqual([2, 1]);
  });
});

describe('a letter that is deleted meanwhile', () => {
  it('before it is claimed is not sent', async () => {
    const letter = await desk.recorded();
    const { claim } = desk.ports.letters;
    desk.ports.letters.claim = async (...args) => {
      expect((await desk.remove(letter.deadLetterId)).status).toBe(204);
      return claim(...args);
    };
    const answer = await redriven({ deadLetterIds: [letter.deadLetterId] });
    expect(answer).toMatchObject({ skipped: 1, outcomes: [{ reason: `The letter was deleted at ${desk.now()}.` }] });
    expect([timesSent(letter), await desk.statusOf(letter)]).toEqual([0, 'deleted']);
  });

  it('when its claim had run out stays so, and whoever sent it hears of that', async () => {
    const letter = await desk.recorded();
    desk.sending = async () => {
      desk.pass(60_000);
      expect((await desk.remove(letter.deadLetterId)).status).toBe(204);
    };
    const answer = await redriven({ deadLetterIds: [letter.deadLetterId] });
    const reason = 'It was sent, and deleted by somebody else meanwhile.';
    expect(answer).toMatchObject({ failed: 1, outcomes: [{ code: 'CONFLICT', reason }] });
    expect([await desk.statusOf(letter), endsOf(letter).length]).toEqual(['deleted', 1]);
  });
});

it('an end that cannot be noted leaves the letter open, says so, and keeps it for a minute', async () => {
  const letter = await desk.recorded();
  const body = { deadLetterIds: [letter.deadLetterId] };
  const { close } = desk.ports.letters;
  desk.ports.letters.close = () => Promise.reject(new Error('The table is away.'));
  const reason = expect.stringMatching(/^It was sent, but/);
  expect(await redriven(body)).toMatchObject({ failed: 1, outcomes: [{ code: 'INTERNAL_ERROR', reason }] });
  desk.ports.letters.close = close;
  expect(await redriven(body)).toMatchObject({ skipped: 1 });
  desk.pass(60_000);
  expect(await redriven(body)).toMatchObject({ redriven: 1 });
  expect([timesSent(letter), endsOf(letter).length]).toEqual([2, 1]);
});
