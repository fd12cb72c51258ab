import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RedriveAnswer } from '../../../functions/contracts/api/dead-letter.ts';
import { AppError } from '../../../functions/shared/kernel/errors.ts';
import type { DeskWorld } from '../../support/dead-letters/desk-world.ts';
import { deskWorld } from '../../support/dead-letters/desk-world.ts';
import { envelopeOf, letterRow } from '../../support/dead-letters/letter-samples.ts';
import { letterTables } from '../../support/dead-letters/letter-table.ts';
import { captureLogLines } from '../../support/log-lines.ts';

const logs = captureLogLines();
const tables = letterTables();
let desk: DeskWorld;
beforeEach(() => {
  desk = deskWorld(tables);
});
afterEach(() => {
  vi.useRealTimers();
});

const FINGERPRINT = '0123456789abcdef';
const time = (seconds: number) => new Date(Date.UTC(2026, 7, 19) + seconds * 1000).toISOString();
const redriven = async (body: object): Promise<RedriveAnswer> => (await desk.redrive(body)).json.data as RedriveAnswer;
const nothing = { matched: 0, redriven: 0, skipped: 0, failed: 0, outcomes: [] };

describe('a dry run', () => {
  it('tells what would be, sends nothing and writes nothing', async () => {
    const open = await desk.recorded();
    const late = await desk.recorded({
      queue: 'http-service',
      message: '{"do":"undo-again","sagaId":"s","stepId":"t","run":1,"result":{}}',
    });
    const gone = await desk.recorded({ status: 'deleted', closedAt: time(1) });
    const before = structuredClone(desk.items());
    const deadLetterIds = [open, late, gone].map(({ deadLetterId }) => deadLetterId);
    expect(await redriven({ deadLetterIds, dryRun: true })).toMatchObject({
      ...{ matched: 3, redriven: 1, skipped: 1, failed: 1 },
      outcomes: expect.arrayContaining([
        {
          deadLetterId: late.deadLetterId,
          outcome: 'failed',
          code: 'CONFLICT',
          reason: expect.stringMatching(/^LATE_RESULT/),
        },
      ]),
    });
    expect([desk.sent, desk.items(), desk.commits()]).toEqual([[], before, []]);
  });

  it('finds a fault of an edit', async () => {
    const { deadLetterId } = await desk.recorded({ message: envelopeOf('task_1', 3) });
    const edit = { detail: { data: { version: 4 } } };
    const { status, json } = await desk.redrive({ deadLetterIds: [deadLetterId], edit, dryRun: true });
    const fault = { path: 'edit.detail.data.version', message: 'must stay as it is' };
    expect([status, json.error.details]).toEqual([400, [fault]]);
  });
});

describe('an edit', () => {
  it('is sent in the place of the message, which stays in the letter', async () => {
    const message = envelopeOf('task_1', 3);
    const { deadLetterId } = await desk.recorded({ message });
    const edit = { detail: { data: { eventData: { n: 30 } } } };
    expect(await redriven({ deadLetterIds: [deadLetterId], edit })).toMatchObject({ redriven: 1 });
    const wanted = JSON.parse(message);
    wanted.detail.data.eventData.n = 30;
    expect(desk.messages().map((text) => JSON.parse(text))).toEqual([wanted]);
    const { row } = (await desk.ports.letters.find([deadLetterId])).get(deadLetterId) ?? {};
    expect(row).toMatchObject({ message, status: 'redriven' });
    expect(desk.commits()).toMatchObject([{ events: [{ data: { edited: true } }] }]);
  });

  it('that leaves nothing to send leaves the letter alone', async () => {
    const { deadLetterId } = await desk.recorded({ message: '{"no' });
    const { status, json } = await desk.redrive({ deadLetterIds: [deadLetterId], edit: {} });
    expect([status, json.error.details?.map(({ path }) => path)]).toEqual([400, ['edit']]);
    expect([desk.sent, await desk.statusOf({ deadLetterId })]).toEqual([[], 'open']);
    expect(await redriven({ deadLetterIds: [deadLetterId] })).toMatchObject({ redriven: 1 });
  });
});

describe('a redrive is refused', () => {
  const [one, other] = [letterRow().deadLetterId, letterRow().deadLetterId];
  const many = Array.from({ length: 101 }, () => letterRow().deadLetterId);
  it.each([
    [{}, ['deadLetterIds']],
    [{ dryRun: true }, ['deadLetterIds']],
    [{ deadLetterIds: [] }, ['deadLetterIds']],
    [{ deadLetterIds: many }, ['deadLetterIds']],
    [{ deadLetterIds: [one, other, one] }, ['deadLetterIds.2']],
    [{ deadLetterIds: ['task_1'] }, ['deadLetterIds.0']],
    [{ deadLetterIds: [one], fingerprint: FINGERPRINT }, ['fingerprint']],
    [{ fingerprint: 'none' }, ['fingerprint']],
    [{ fingerprint: FINGERPRINT, edit: {} }, ['edit']],
    [{ deadLetterIds: [one, other], edit: {} }, ['edit']],
    [{ deadLetterIds: [one], edit: [] }, ['edit']],
    [{ deadLetterIds: [one], edit: null }, ['edit']],
    [{ deadLetterIds: [one], dryRun: 'yes' }, ['dryRun']],
    [{ deadLetterIds: [one], queue: 'webhooks' }, ['queue']],
  ])('that says %j', async (body, paths) => {
    const { status, json } = await desk.redrive(body);
    expect([status, json.error.details?.map(({ path }) => path)]).toEqual([400, paths]);
  });
});

describe('what cannot be sent', () => {
  it.each([
    [
      'where it is not taken',
      new AppError('SERVICE_ERROR', 'webhooks did not take it: no.'),
      'SERVICE_ERROR',
      /^webhooks did not/,
    ],
    ['where something breaks', new Error('secret'), 'INTERNAL_ERROR', /^Something went wrong/],
  ])('stays open, and can go at once: %s', async (_, error, code, reason) => {
    const { deadLetterId } = await desk.recorded();
    desk.sending = () => Promise.reject(error);
    const outcome = { deadLetterId, outcome: 'failed', code, reason: expect.stringMatching(reason) };
    expect(await redriven({ deadLetterIds: [deadLetterId] })).toEqual({
      ...nothing,
      matched: 1,
      failed: 1,
      outcomes: [outcome],
    });
    expect([await desk.statusOf({ deadLetterId }), desk.commits()]).toEqual(['open', []]);
    desk.sending = async () => undefined;
    expect(await redriven({ deadLetterIds: [deadLetterId] })).toMatchObject({ redriven: 1 });
  });

  it('names no secret', async () => {
    const { deadLetterId } = await desk.recorded();
    desk.sending = () => Promise.reject(new Error('broken'));
    await redriven({ deadLetterIds: [deadLetterId] });
    expect(logs.entries()).toContainEqual(
      expect.objectContaining({ message: 'Dead letter not redriven', deadLetterId, cause: 'broken' }),
    );
    expect(logs.text()).not.toContain('a secret text');
  });

  it('holds up none of the others', async () => {
    const letters = [await desk.recorded(), await desk.recorded(), await desk.recorded()];
    desk.sending = async (_, id) => {
      if (id === letters[1]?.deadLetterId) throw new Error('no');
    };
    expect(await redriven({ fingerprint: FINGERPRINT })).toMatchObject({ matched: 3, redriven: 2, failed: 1 });
  });

  it('in time may go on, so nobody sends it again for a minute', async () => {
    const { deadLetterId } = await desk.recorded();
    desk.sending = () =>
      Promise.reject(new AppError('TIMEOUT', 'http-service has not answered in time, and may go on.'));
    expect(await redriven({ deadLetterIds: [deadLetterId] })).toMatchObject({
      failed: 1,
      outcomes: [{ code: 'TIMEOUT' }],
    });
    desk.sending = async () => undefined;
    desk.pass(59_000);
    expect(await redriven({ deadLetterIds: [deadLetterId] })).toMatchObject({
      skipped: 1,
      outcomes: [{ reason: 'The letter is being sent.' }],
    });
    desk.pass(1000);
    expect(await redriven({ deadLetterIds: [deadLetterId] })).toMatchObject({ redriven: 1 });
  });
});
