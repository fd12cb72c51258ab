import { describe, expect, it, vi } from 'vitest';
import type { DeadLetterRow } from '../../../functions/contracts/dead-letters.ts';
import { letterEnd } from '../../../functions/dead-letters/adapters/letter-end.ts';
import type { FoundLetter, LetterFilter, LetterStore } from '../../../functions/dead-letters/adapters/letter-store.ts';
import type { Commit } from '../../../functions/shared/platform/log/event-log.ts';
import { letterRow, OPERATOR } from './letter-samples.ts';

export interface OpenedLetters {
  store: LetterStore;
  /** As the recorder does. */
  record(row: DeadLetterRow): Promise<void>;
  history(deadLetterId: string): Promise<readonly Commit[]>;
  /** Seconds since 1970; DynamoDB forgets the row some time after. */
  expiresAt(deadLetterId: string): Promise<unknown>;
}

const NOW = '2026-08-20T10:00:00.000Z';
const at = (seconds: number) => new Date(Date.parse(NOW) + seconds * 1000).toISOString();

/** The rules of every LetterStore. Letters and fingerprints are of each test's own, so the tables may be shared. */
export function letterStoreContract(open: () => Promise<OpenedLetters>): void {
  const opened = async (fields: Partial<DeadLetterRow> = {}) => {
    const row = letterRow({ fingerprint: newFingerprint(), ...fields });
    const { store, record, ...rest } = await open();
    await record(row);
    const { deadLetterId } = row;
    const find = async () => (await store.find([deadLetterId])).get(deadLetterId) as FoundLetter;
    const claim = (holder: string, now = NOW) => store.claim({ deadLetterId, holder }, now);
    return { row, store, record, deadLetterId, find, claim, ...rest };
  };

  describe('a letter', () => {
    it('is found as it was recorded, among those that there are', async () => {
      const { store, row, deadLetterId } = await opened();
      const none = letterRow().deadLetterId;
      expect(await store.find([none, deadLetterId])).toEqual(new Map([[deadLetterId, { row, version: 1 }]]));
      expect(await store.find([none])).toEqual(new Map());
    });

    it('is held by one of many who claim it', async () => {
      const { claim, row, find } = await opened();
      const claims = await Promise.all(Array.from({ length: 8 }, (_, index) => claim(`holder-${index}`)));
      expect(claims.filter((one) => one !== undefined)).toEqual([{ row, version: 1, claimedUntil: at(60) }]);
      expect(await find()).toEqual({ row, version: 1, claimedUntil: at(60) });
    });

    it('is held for a minute, and lets its own holder in again: its first answer may have been lost', async () => {
      const { claim } = await opened();
      expect(await claim('one')).toBeDefined();
      expect(await claim('one', at(1))).toMatchObject({ claimedUntil: at(61) });
      expect(await claim('other', at(60))).toBeUndefined();
      expect(await claim('other', at(61))).toMatchObject({ claimedUntil: at(121) });
      expect(await claim('one', at(62))).toBeUndefined();
    });

    it('is given back by its holder, and by nobody else', async () => {
      const { claim, store, deadLetterId, find } = await opened();
      await claim('one');
      await store.release({ deadLetterId, holder: 'other' });
      expect(await claim('other')).toBeUndefined();
      await store.release({ deadLetterId, holder: 'one' });
      expect(await find()).not.toHaveProperty('claimedUntil');
      expect(await claim('other')).toBeDefined();
    });

    it('that there is not is not claimed, and not made by it', async () => {
      const { store } = await open();
      const { deadLetterId } = letterRow();
      expect(await store.claim({ deadLetterId, holder: 'one' }, NOW)).toBeUndefined();
      await store.release({ deadLetterId, holder: 'one' });
      expect(await store.find([deadLetterId])).toEqual(new Map());
    });
  });

  describe('the end of a letter', () => {
    const redriven = (letter: FoundLetter) => {
      const { deadLetterId, queue } = letter.row;
      const data = { deadLetterId, queue, edited: false };
      return letterEnd(letter, { type: 'DeadLetterRedriven', data }, OPERATOR, NOW);
    };

    it('stands in its row and in the log, and the row is forgotten after 90 days', async () => {
      const { find, claim, store, history, expiresAt, deadLetterId, row } = await opened();
      const claimed = (await claim('one')) as FoundLetter;
      expect(await store.close(redriven(claimed))).toBe(true);
      const closing = { status: 'redriven', pile: `redriven:${row.queue}`, closedAt: NOW, closedBy: 'key_1' };
      expect(await find()).toEqual({ row: { ...row, ...closing }, version: 2 });
      expect(await expiresAt(deadLetterId)).toBe(Date.parse(NOW) / 1000 + 90 * 86_400);
      expect(await history(deadLetterId)).toMatchObject([
        {
          ...{ aggregateId: deadLetterId, version: 1, lastVersion: 1, committedAt: NOW },
          events: [{ type: 'DeadLetterRedriven', data: { deadLetterId, queue: row.queue, edited: false } }],
          metadata: { userId: 'key_1', correlationId: 'corr_desk' },
        },
      ]);
      expect(await claim('other', at(3600))).toBeUndefined();
    });

    it('comes once, whoever sees it first', async () => {
      const { find, store, history, deadLetterId } = await opened();
      const letter = await find();
      const ends = await Promise.all(Array.from({ length: 6 }, () => store.close(redriven(letter))));
      expect(ends.filter(Boolean)).toHaveLength(1);
      expect(await history(deadLetterId)).toHaveLength(1);
    });

    it('waits for nobody who has sent it, and for whoever sends it where it is not sent', async () => {
      const { find, claim, store, history, deadLetterId } = await opened();
      const letter = await find();
      await claim('other');
      expect(await store.close({ ...redriven(letter), unclaimedAt: at(59) })).toBe(false);
      expect(await history(deadLetterId)).toEqual([]);
      expect(await store.close({ ...redriven(letter), unclaimedAt: at(60) })).toBe(true);
    });

    it('is noted by one who has sent it although another has claimed it since', async () => {
      const { find, claim, store } = await opened();
      const letter = await find();
      await claim('other');
      expect(await store.close(redriven(letter))).toBe(true);
    });
  });

  describe('letters', () => {
    const walked = async (store: LetterStore, where: LetterFilter, order: 'newest first' | 'oldest first') => {
      const all = [];
      for await (const page of store.walk(where, order)) all.push(...page);
      return all;
    };

    it('of a cause are walked in their order, with what they are by now', { timeout: 60_000 }, async () => {
      const { store, record, row, find, deadLetterId } = await opened({ timestamp: at(0) });
      const { fingerprint } = row;
      const others = Array.from({ length: 120 }, (_, index) =>
        letterRow({ fingerprint, queue: 'publisher', timestamp: at(index + 1) }),
      );
      for (const other of others) await record(other);
      await record(letterRow({ fingerprint: newFingerprint() }));
      const { queue } = row;
      const data = { deadLetterId, queue };
      await store.close(letterEnd(await find(), { type: 'DeadLetterDeleted', data }, OPERATOR, NOW));
      const states = [row, ...others].map((one) => ({
        ...{ deadLetterId: one.deadLetterId, queue: one.queue, fingerprint, timestamp: one.timestamp },
        isOpen: one !== row,
      }));
      await vi.waitFor(async () => expect(await walked(store, { fingerprint }, 'oldest first')).toEqual(states), {
        timeout: 20_000,
        interval: 200,
      });
      expect(await walked(store, { fingerprint }, 'newest first')).toEqual(states.toReversed());
      const open = await walked(store, { status: 'open' }, 'newest first');
      const ours = open.filter((one) => one.fingerprint === fingerprint && one.isOpen);
      expect(ours).toEqual(states.slice(1).toReversed());
    });

    it('are listed by what they are by now', async () => {
      const { store, row, find, deadLetterId } = await opened();
      const { queue, fingerprint } = row;
      const end = letterEnd(await find(), { type: 'DeadLetterDeleted', data: { deadLetterId, queue } }, OPERATOR, NOW);
      await store.close(end);
      const list = (status: DeadLetterRow['status']) => store.list({ where: { fingerprint, status }, limit: 5 });
      await vi.waitFor(async () => expect(await list('deleted')).toEqual({ items: [end.after], nextCursor: null }), {
        timeout: 20_000,
        interval: 200,
      });
      expect((await list('open')).items).toEqual([]);
    });
  });
}

function newFingerprint(): string {
  return Array.from({ length: 16 }, () => Math.floor(Math.random() * 16).toString(16)).join('');
}
