import { describe, expect, it } from 'vitest';
import type { ProjectionStore } from '../../../functions/projections/adapters/projection-store.ts';
import { changeState } from '../../../functions/projections/adapters/projection-store.ts';
import { beginRebuild, pause, skip } from '../../../functions/projections/domain/projection-changes.ts';
import type { ProjectionState } from '../../../functions/shared/kernel/projection-state.ts';
import { INITIAL_STATE } from '../../../functions/shared/kernel/projection-state.ts';
import { ownName } from './names.ts';

const NOW = '2026-08-19T10:00:00.000Z';
const FULL: ProjectionState = {
  generation: 2,
  lastGeneration: 3,
  pause: { at: NOW, because: 'errors' },
  skippedFrom: `${NOW}_task_1_000000001_000`,
  resumedAt: NOW,
  rebuild: { generation: 3, startedAt: NOW, run: 2 },
  lastRebuild: {
    ...{ generation: 2, startedAt: NOW, endedAt: NOW, outcome: 'failed', error: 'никто "🦊"' },
    rows: { written: 1, changed: 2, added: 3, older: 4 },
  },
  retired: { 1: NOW },
};

/** The rules of every ProjectionStore. Each test has projections of its own. */
export function projectionStoreContract(store: ProjectionStore): void {
  describe('a state', () => {
    it('is the first one where none was written', async () => {
      expect(await store.read(ownName())).toEqual({ state: INITIAL_STATE, revision: 0 });
    });

    it('comes back whole, with a number for the next writer', async () => {
      const name = ownName();
      expect(await store.write(name, FULL, 0)).toBe(true);
      expect(await store.read(name)).toEqual({ state: FULL, revision: 1 });
      expect(await store.write(name, INITIAL_STATE, 1)).toBe(true);
      expect(await store.read(name)).toEqual({ state: INITIAL_STATE, revision: 2 });
    });

    it.each([
      { there: 0, seen: 1 },
      { there: 2, seen: 0 },
      { there: 2, seen: 1 },
      { there: 2, seen: 3 },
    ])('of revision $there is not changed by one who saw $seen', async ({ there, seen }) => {
      const name = ownName();
      for (let revision = 0; revision < there; revision += 1) await store.write(name, INITIAL_STATE, revision);
      expect(await store.write(name, FULL, seen)).toBe(false);
      expect(await store.read(name)).toEqual({ state: INITIAL_STATE, revision: there });
    });

    it('is changed by one of many who saw the same', async () => {
      const name = ownName();
      const states = Array.from({ length: 8 }, (_, index) => ({ ...INITIAL_STATE, lastGeneration: index + 10 }));
      const outcomes = await Promise.all(states.map((state) => store.write(name, state, 0)));
      expect(outcomes.filter(Boolean)).toHaveLength(1);
      expect(await store.read(name)).toEqual({ state: states[outcomes.indexOf(true)], revision: 1 });
    });

    it('is of one projection', async () => {
      const name = ownName();
      await store.write(name, FULL, 0);
      expect(await store.read(ownName())).toMatchObject({ revision: 0 });
    });

    it('takes every change of many at once, each on the state as it is then', async () => {
      const name = ownName();
      await changeState(store, name, pause(NOW, 'operator'));
      const changes = ['d', 'b', 'c'].map((position) => changeState(store, name, skip(position)));
      await Promise.all([...changes, changeState(store, name, beginRebuild(NOW))]);
      const { state, revision } = await store.read(name);
      expect(state).toMatchObject({ skippedFrom: 'b', lastGeneration: 2, pause: { because: 'operator' } });
      expect(revision).toBe(5);
      expect(await changeState(store, name, beginRebuild(NOW))).toBeUndefined();
      expect(await store.read(name)).toEqual({ state, revision });
    });
  });

  describe('a checkpoint', () => {
    it('is not there before the first event', async () => {
      const name = ownName();
      await store.write(name, FULL, 0);
      expect(await store.checkpoint(name)).toBeUndefined();
    });

    it('goes on, and never back', async () => {
      const name = ownName();
      const at = (position: string, updatedAt = NOW) => ({ position, updatedAt });
      await store.advance(name, at('b'));
      expect(await store.checkpoint(name)).toEqual(at('b'));
      await store.advance(name, at('a', 'later'));
      await store.advance(name, at('b', 'later'));
      expect(await store.checkpoint(name)).toEqual(at('b'));
      await store.advance(name, at('c', 'later'));
      expect(await store.checkpoint(name)).toEqual(at('c', 'later'));
      expect(await store.checkpoint(ownName())).toBeUndefined();
    });

    it('is the furthest of many that are told at once', async () => {
      const name = ownName();
      const positions = ['c', 'f', 'a', 'e', 'b', 'd'];
      await Promise.all(positions.map((position) => store.advance(name, { position, updatedAt: position })));
      expect(await store.checkpoint(name)).toEqual({ position: 'f', updatedAt: 'f' });
    });

    it('is apart from how far the log was looked through, which goes no more back than it', async () => {
      const name = ownName();
      expect(await store.looked(name)).toBeUndefined();
      for (const position of ['b', 'a', 'd', 'c']) await store.lookedTo(name, position);
      expect([await store.looked(name), await store.checkpoint(name)]).toEqual(['d', undefined]);
      await store.advance(name, { position: 'a', updatedAt: NOW });
      expect([await store.looked(name), (await store.checkpoint(name))?.position]).toEqual(['d', 'a']);
    });
  });
}
