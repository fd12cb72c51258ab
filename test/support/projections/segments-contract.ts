import { describe, expect, it } from 'vitest';
import type { Segment, Segments } from '../../../functions/projections/adapters/projection-store.ts';
import { ownName } from './names.ts';

const rows = { written: 1, changed: 2, added: 3, older: 4 };
const part = (segment: number, saves: number, more: Partial<Segment> = {}): Segment => ({
  ...{ segment, saves, isDone: false, rows },
  ...more,
});
const sorted = (segments: readonly Segment[]) => [...segments].sort((one, other) => one.segment - other.segment);

/** The rules of every Segments. Each test has projections of its own. */
export function segmentsContract(segments: Segments): void {
  describe('a segment', () => {
    it('is none before it was begun', async () => {
      expect(await segments.read(ownName(), 2)).toEqual([]);
    });

    it('comes back whole', async () => {
      const name = ownName();
      const begun = part(3, 1, { after: { aggregateId: 'task_1', version: 7 } });
      expect(await segments.save(name, 2, begun)).toBe(true);
      expect(await segments.read(name, 2)).toEqual([begun]);
    });

    it('goes on, and its last place has nothing behind it', async () => {
      const name = ownName();
      await segments.save(name, 2, part(3, 1, { after: { aggregateId: 'task_1', version: 7 } }));
      const done = part(3, 2, { isDone: true, after: undefined });
      expect(await segments.save(name, 2, done)).toBe(true);
      const [read] = await segments.read(name, 2);
      expect(read).toMatchObject({ segment: 3, saves: 2, isDone: true, rows });
      expect(read?.after).toBeUndefined();
    });

    it.each([
      { there: 0, saves: 2 },
      { there: 2, saves: 1 },
      { there: 2, saves: 2 },
      { there: 2, saves: 4 },
    ])('that was saved $there times is not saved as number $saves', async ({ there, saves }) => {
      const name = ownName();
      for (let number = 1; number <= there; number += 1) await segments.save(name, 2, part(0, number));
      const before = await segments.read(name, 2);
      expect(await segments.save(name, 2, part(0, saves, { isDone: true }))).toBe(false);
      expect(await segments.read(name, 2)).toEqual(before);
    });

    it('is saved by one of many runs', async () => {
      const name = ownName();
      const all = Array.from({ length: 8 }, (_, index) => part(0, 1, { after: { index } }));
      const outcomes = await Promise.all(all.map((one) => segments.save(name, 2, one)));
      expect(outcomes.filter(Boolean)).toHaveLength(1);
      expect(await segments.read(name, 2)).toEqual([all[outcomes.indexOf(true)]]);
    });

    it('stands beside the others of its generation, and in no other generation or projection', async () => {
      const name = ownName();
      for (const segment of [1, 10, 0]) await segments.save(name, 2, part(segment, 1));
      for (const generation of [1, 3, 20, 21]) await segments.save(name, generation, part(5, 1));
      expect(sorted(await segments.read(name, 2))).toEqual([part(0, 1), part(1, 1), part(10, 1)]);
      expect(await segments.read(name, 20)).toEqual([part(5, 1)]);
      expect(await segments.read(ownName(), 2)).toEqual([]);
    });
  });
}
