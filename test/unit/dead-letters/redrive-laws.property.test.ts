import fc from 'fast-check';
import { afterEach, expect, it, vi } from 'vitest';
import type { DeadLetterRow } from '../../../functions/contracts/dead-letters.ts';
import type { Somebody } from '../../support/dead-letters/desk-people.ts';
import { act, isCalm, somebody } from '../../support/dead-letters/desk-people.ts';
import type { DeskWorld } from '../../support/dead-letters/desk-world.ts';
import { deskWorld } from '../../support/dead-letters/desk-world.ts';
import { envelopeOf } from '../../support/dead-letters/letter-samples.ts';
import { letterTables } from '../../support/dead-letters/letter-table.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import { DRILL, runs } from '../../support/seeds.ts';

captureLogLines();
afterEach(() => {
  vi.useRealTimers();
});
const tables = letterTables();

/** Four letters of two aggregates, and so many messages that are not taken. */
async function opened(refusals: number) {
  const desk = deskWorld(tables);
  const letters: DeadLetterRow[] = [];
  for (let index = 0; index < 4; index += 1)
    letters.push(await desk.recorded({ message: envelopeOf(`task_${index % 2}`, 4 - index) }));
  let left = refusals;
  desk.sending = async () => {
    left -= 1;
    if (left >= 0) throw new Error('no');
  };
  return { desk, letters };
}

const ENDS = { open: [], redriven: ['DeadLetterRedriven'], deleted: ['DeadLetterDeleted'] };

/** How a letter stands, and how often it was sent; its row, the log and its consumer agree. */
async function standing(desk: DeskWorld, { deadLetterId }: DeadLetterRow) {
  const status = (await desk.statusOf({ deadLetterId })) ?? 'open';
  const sent = desk.sent.filter((one) => one.deadLetterId === deadLetterId).length;
  const ends = desk.commits().filter(({ aggregateId }) => aggregateId === deadLetterId);
  expect(ends.flatMap(({ events }) => events.map(({ type }) => type))).toEqual(ENDS[status]);
  if (status === 'redriven') expect(sent).toBeGreaterThanOrEqual(1);
  return { status, sent };
}

it('whoever sends, deletes and dies when, no letter is lost, and each ends once', DRILL, async () => {
  const seen = { deaths: 0, refusals: 0, twice: 0, deleted: 0 };
  const played = async (people: readonly Somebody[], refusals: number) => {
    const { desk, letters } = await opened(refusals);
    const deaths = await Promise.all(people.map((one) => act(desk, one, letters)));
    const between = await Promise.all(letters.map((letter) => standing(desk, letter)));
    if (people.every(isCalm)) for (const { status, sent } of between) expect(sent).toBe(status === 'redriven' ? 1 : 0);
    desk.pass(61_000);
    desk.sending = async () => undefined;
    await desk.redrive({ fingerprint: letters[0]?.fingerprint });
    const after = await Promise.all(letters.map((letter) => standing(desk, letter)));
    expect(after.filter(({ status }) => status === 'open')).toEqual([]);
    seen.deaths += deaths.filter(Boolean).length;
    seen.refusals += refusals;
    seen.twice += after.filter(({ sent }) => sent > 1).length;
    seen.deleted += after.filter(({ status }) => status === 'deleted').length;
  };
  const people = fc.array(somebody, { minLength: 1, maxLength: 5 });
  await fc.assert(fc.asyncProperty(people, fc.nat(2), played), { numRuns: runs() });
  for (const [what, times] of Object.entries(seen)) expect(times, what).toBeGreaterThan(0);
});
