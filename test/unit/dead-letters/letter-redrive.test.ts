import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RedriveAnswer } from '../../../functions/contracts/api/dead-letter.ts';
import type { DeskWorld } from '../../support/dead-letters/desk-world.ts';
import { deskWorld } from '../../support/dead-letters/desk-world.ts';
import { envelopeOf, letterRow } from '../../support/dead-letters/letter-samples.ts';
import { letterTables } from '../../support/dead-letters/letter-table.ts';
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

const FINGERPRINT = '0123456789abcdef';
const UNKNOWN = letterRow().deadLetterId;
const time = (seconds: number) => new Date(Date.UTC(2026, 7, 19) + seconds * 1000).toISOString();
const redriven = async (body: object): Promise<RedriveAnswer> => (await desk.redrive(body)).json.data as RedriveAnswer;
const nothing = { matched: 0, redriven: 0, skipped: 0, failed: 0, outcomes: [] };

describe('a redrive by ids', () => {
  it('sends each message as it came, and notes who had it sent', async () => {
    const letters = [await desk.recorded(), await desk.recorded({ message: '{"no' })];
    const deadLetterIds = letters.map(({ deadLetterId }) => deadLetterId);
    const answer = await desk.redrive({ deadLetterIds }, { headers: { 'x-correlation-id': 'corr_7' } });
    expect([answer.status, answer.json.data]).toEqual([200, { ...nothing, matched: 2, redriven: 2 }]);
    expect(desk.sent).toEqual(
      letters.map(({ deadLetterId, queue, message }) => ({ deadLetterId, to: { to: 'inbox', of: queue, message } })),
    );
    for (const { pile: _pile, ...letter } of letters) {
      const { row } = (await desk.ports.letters.find([letter.deadLetterId])).get(letter.deadLetterId) ?? {};
      const closedAt = desk.now();
      const pile = 'redriven:task-follower';
      expect(row).toEqual({ ...letter, pile, status: 'redriven', closedAt, closedBy: 'key_1' });
    }
    expect(desk.commits()).toMatchObject(
      deadLetterIds.map((deadLetterId) => ({
        aggregateId: deadLetterId,
        events: [{ type: 'DeadLetterRedriven', data: { deadLetterId, queue: 'task-follower', edited: false } }],
        metadata: { userId: 'key_1', correlationId: 'corr_7' },
      })),
    );
  });

  it('sends the whole of a message that lies in the bucket', async () => {
    desk.objects.set('dead-letters/x', '{"whole":1}');
    const { deadLetterId } = await desk.recorded({ message: '{"who', messageKey: 'dead-letters/x' });
    expect(await redriven({ deadLetterIds: [deadLetterId] })).toMatchObject({ redriven: 1 });
    expect(desk.messages()).toEqual(['{"whole":1}']);
  });

  it('with one that nobody knows sends nothing at all', async () => {
    const { deadLetterId } = await desk.recorded();
    const { status, json } = await desk.redrive({ deadLetterIds: [deadLetterId, UNKNOWN] });
    expect([status, json.error]).toEqual([
      404,
      expect.objectContaining({ code: 'NOT_FOUND', message: expect.stringContaining(UNKNOWN) }),
    ]);
    expect([desk.sent, await desk.statusOf({ deadLetterId })]).toEqual([[], 'open']);
  });

  it('skips what is open no more, and says why', async () => {
    const open = await desk.recorded();
    const sent = await desk.recorded({ status: 'redriven', closedAt: time(1) });
    const deleted = await desk.recorded({ status: 'deleted', closedAt: time(2) });
    const deadLetterIds = [sent, deleted, open].map(({ deadLetterId }) => deadLetterId);
    const skipped = { outcome: 'skipped', code: 'CONFLICT' };
    expect(await redriven({ deadLetterIds })).toEqual({
      ...{ matched: 3, redriven: 1, skipped: 2, failed: 0 },
      outcomes: [
        { deadLetterId: sent.deadLetterId, ...skipped, reason: `The letter was redriven at ${time(1)}.` },
        { deadLetterId: deleted.deadLetterId, ...skipped, reason: `The letter was deleted at ${time(2)}.` },
      ],
    });
    expect(desk.sent).toHaveLength(1);
  });

  it('that is made twice sends once', async () => {
    const { deadLetterId } = await desk.recorded();
    await redriven({ deadLetterIds: [deadLetterId] });
    expect(await redriven({ deadLetterIds: [deadLetterId] })).toMatchObject({ redriven: 0, skipped: 1 });
    expect(desk.sent).toHaveLength(1);
  });
});

describe('a redrive by fingerprint', () => {
  it('sends what is open of a cause, each aggregate in its order', async () => {
    const places = [
      ['task_1', 3],
      ['task_2', 1],
      ['task_1', 2],
      ['task_1', 10],
    ] as const;
    for (const [index, [id, version]] of places.entries())
      await desk.recorded({ message: envelopeOf(id, version), timestamp: time(index) });
    await desk.recorded({ status: 'deleted' });
    await desk.recorded({ fingerprint: 'ffffffffffffffff' });
    expect(await redriven({ fingerprint: FINGERPRINT })).toEqual({ ...nothing, matched: 4, redriven: 4 });
    const versions = (id: string) =>
      desk
        .messages()
        .map((text) => JSON.parse(text).detail.data)
        .filter((data) => data.aggregateId === id)
        .map(({ version }) => version);
    expect([versions('task_1'), versions('task_2')]).toEqual([[2, 3, 10], [1]]);
    expect(await redriven({ fingerprint: FINGERPRINT })).toEqual(nothing);
  });

  it('lets one aggregate wait for itself, and ten others go beside it', async () => {
    let [now, most] = [0, 0];
    const atWork = new Set<string>();
    desk.sending = async (to) => {
      const { aggregateId } = JSON.parse(to.to === 'inbox' ? to.message : '').detail.data;
      expect(atWork.has(aggregateId)).toBe(false);
      atWork.add(aggregateId);
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
      atWork.delete(aggregateId);
    };
    for (let index = 0; index < 60; index += 1)
      await desk.recorded({ message: envelopeOf(`task_${index % 20}`, index + 1) });
    expect(await redriven({ fingerprint: FINGERPRINT })).toMatchObject({ redriven: 60 });
    expect(most).toBe(10);
  });

  it('takes a thousand, the oldest, and says that there are more', { timeout: 60_000 }, async () => {
    const ids: string[] = [];
    for (let index = 0; index < 1050; index += 1)
      ids.push((await desk.recorded({ message: '{}', timestamp: time(index) })).deadLetterId);
    expect(await redriven({ fingerprint: FINGERPRINT, dryRun: true })).toEqual({
      ...nothing,
      matched: 1050,
      redriven: 1000,
      more: true,
    });
    expect(await redriven({ fingerprint: FINGERPRINT })).toEqual({
      ...nothing,
      matched: 1050,
      redriven: 1000,
      more: true,
    });
    expect(desk.sent.map(({ deadLetterId }) => deadLetterId).sort()).toEqual(ids.slice(0, 1000).sort());
    expect(await redriven({ fingerprint: FINGERPRINT })).toEqual({ ...nothing, matched: 50, redriven: 50 });
  });

  it('begins no letter after 20 s, and says that there are more', async () => {
    for (let index = 0; index < 40; index += 1) await desk.recorded({ message: '{}', timestamp: time(index) });
    desk.sending = async () => {
      desk.pass(1000);
    };
    const answer = await redriven({ fingerprint: FINGERPRINT });
    expect(answer).toMatchObject({ matched: 40, skipped: 0, failed: 0, more: true });
    expect(answer.redriven).toBeGreaterThanOrEqual(20);
    // Ten may have been begun when the time ran out.
    expect(answer.redriven).toBeLessThanOrEqual(30);
    expect(await redriven({ fingerprint: FINGERPRINT, dryRun: true })).toMatchObject({ matched: 40 - answer.redriven });
  });

  it('stops looking after 10 s, and says that there are more', async () => {
    for (let index = 0; index < 150; index += 1) await desk.recorded({ message: '{}' });
    const { find } = desk.ports.letters;
    desk.ports.letters.find = async (ids) => {
      desk.pass(10_000);
      return find(ids);
    };
    expect(await redriven({ fingerprint: FINGERPRINT })).toMatchObject({ matched: 150, redriven: 100, more: true });
  });

  it('tells of a hundred letters why they did not go, and counts the others', async () => {
    for (let index = 0; index < 130; index += 1) await desk.recorded({ queue: 'gone' });
    const answer = await redriven({ fingerprint: FINGERPRINT });
    expect(answer).toMatchObject({ matched: 130, redriven: 0, failed: 130 });
    expect(answer.outcomes).toHaveLength(100);
    const reason = 'Nobody takes messages to gone any more.';
    expect(answer.outcomes[0]).toMatchObject({ outcome: 'failed', code: 'NOT_FOUND', reason });
  });
});
