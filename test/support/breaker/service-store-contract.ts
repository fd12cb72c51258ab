import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { BreakerRecord, Wish } from '../../../functions/shared/platform/breaker/breaker-record.ts';
import {
  claimed,
  closedByHand,
  failed,
  openedByHand,
  probeSucceeded,
  UNTOUCHED,
} from '../../../functions/shared/platform/breaker/breaker-record.ts';
import type { ServiceRegistration, ServiceStore } from '../../../functions/shared/platform/breaker/service-store.ts';
import type { Commit } from '../../../functions/shared/platform/log/event-log.ts';
import { registrationOf } from './registrations.ts';
import { CONFIG } from './wishes.ts';

/** A store, and what others do in its tables and see there. */
export interface OpenedStore {
  store: ServiceStore;
  register(registration: ServiceRegistration): Promise<void>;
  /** The turns of a service's breaker in the event log. */
  history(service: string): Promise<readonly Commit[]>;
}

const NOW = Date.parse('2026-08-19T10:00:00.000Z');
const RIVALS = 20;
/** More failures than any test makes. */
const PATIENT = { ...CONFIG, failureThreshold: 1000 };

/** The rules of every ServiceStore. Tests may share its tables: each has a service of its own. */
export function serviceStoreContract(open: () => Promise<OpenedStore>): void {
  const fresh = async () => {
    const opened = await open();
    const name = `test-${randomUUID()}`;
    const change = (wish: Wish, known: BreakerRecord = UNTOUCHED, correlationId = 'corr_1') =>
      opened.store.change(name, known, wish, correlationId);
    return { ...opened, name, change, stands: async () => (await opened.store.find(name)).breaker };
  };
  const rivals = <Value>(act: (rival: number) => Promise<Value>) =>
    Promise.all(Array.from({ length: RIVALS }, (_, rival) => act(rival)));

  describe('a service', () => {
    it('that nobody knows has an untouched breaker and no registration', async () => {
      const { store, name } = await fresh();
      expect(await store.find(name)).toEqual({ breaker: UNTOUCHED });
    });

    it('is found as it was registered, with its breaker, in one read', async () => {
      const { store, name, register, change } = await fresh();
      const registration = registrationOf(name, { failureThreshold: 7 });
      await register(registration);
      const { record } = await change(openedByHand(NOW, 'We move it.'));
      expect(await store.find(name)).toEqual({ registration, breaker: record });
    });

    it('is another than those whose names begin as its own does', async () => {
      const { store, name, change } = await fresh();
      await change(openedByHand(NOW, 'We move it.'));
      for (const other of [`${name}-2`, name.slice(0, -1)])
        expect(await store.find(other)).toEqual({ breaker: UNTOUCHED });
    });
  });

  describe('a wish', () => {
    it('comes true, once, and is there for all', async () => {
      const { change, stands } = await fresh();
      const { record, changed } = await change(failed(NOW, CONFIG));
      expect([record, changed]).toEqual([{ ...UNTOUCHED, revision: 1, failures: [NOW] }, true]);
      expect(await stands()).toEqual(record);
    });

    it('that wants nothing changes nothing', async () => {
      const { change, stands, history, name } = await fresh();
      expect(await change(closedByHand(NOW, 'It is well.'))).toEqual({ record: UNTOUCHED, changed: false });
      expect([await stands(), await history(name)]).toEqual([UNTOUCHED, []]);
    });

    it.each<[string, Wish, object]>([
      ['another one', failed(NOW, PATIENT), { failures: [NOW, NOW], revision: 2 }],
      ['one that opens', openedByHand(NOW, 'We move it.'), { state: 'open', revision: 2 }],
    ])('on an old record is held against what stands: %s', async (_, wish, expected) => {
      const { change, stands } = await fresh();
      await change(failed(NOW, PATIENT));
      expect(await change(wish, UNTOUCHED)).toMatchObject({ record: expected, changed: true });
      expect(await stands()).toMatchObject(expected);
    });

    it('that an old record leaves nothing to do for is held against what stands, too', async () => {
      const { change } = await fresh();
      await change(openedByHand(NOW, 'We move it.'));
      const closed = await change(closedByHand(NOW, 'It is moved.'), UNTOUCHED);
      expect(closed).toMatchObject({ record: { state: 'closed', version: 2 }, changed: true });
    });

    it('on a record that never was is not written', async () => {
      const { change } = await fresh();
      const { record } = await change(failed(NOW, PATIENT), { ...UNTOUCHED, revision: 5, failures: [1, 2, 3] });
      expect(record).toEqual({ ...UNTOUCHED, revision: 1, failures: [NOW] });
    });

    it(`of ${RIVALS} at once is never lost, and never counted twice`, async () => {
      const { change, stands } = await fresh();
      const outcomes = await rivals((rival) => change(failed(NOW + rival, PATIENT)));
      const { failures, revision } = await stands();
      expect(failures.toSorted()).toEqual(Array.from({ length: RIVALS }, (_, rival) => NOW + rival));
      expect(revision).toBe(RIVALS);
      expect(outcomes.map(({ record }) => record.revision).toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: RIVALS }, (_, index) => index + 1),
      );
    });

    it(`of ${RIVALS} opens the breaker once`, async () => {
      const { change, stands, history, name } = await fresh();
      await rivals(() => change(failed(NOW, CONFIG)));
      expect(await stands()).toMatchObject({ state: 'open', version: 1, failures: [NOW, NOW, NOW] });
      expect(await history(name)).toHaveLength(1);
    });

    it(`to be the one that tries comes true for one of ${RIVALS}`, async () => {
      const { change, stands } = await fresh();
      for (let times = 0; times < CONFIG.failureThreshold; times += 1) await change(failed(NOW, CONFIG));
      const due = NOW + CONFIG.timeout;
      const outcomes = await rivals((rival) => change(claimed(`rival-${rival}`, due, 1000)));
      const winner = outcomes.findIndex(({ changed }) => changed);
      expect(outcomes.filter(({ changed }) => changed)).toHaveLength(1);
      for (const { record } of outcomes) expect(record.probe?.by).toBe(`rival-${winner}`);
      expect((await stands()).probe?.by).toBe(`rival-${winner}`);
    });
  });

  describe('a turn', () => {
    it('stands in the event log at the breaker’s version, gapless, under who caused it', async () => {
      const { change, stands, history, name } = await fresh();
      const due = NOW + CONFIG.timeout;
      const wishes = [
        ...Array.from({ length: CONFIG.failureThreshold }, () => failed(NOW, CONFIG)),
        claimed('a', due, 1000),
        probeSucceeded('a', due, CONFIG),
        claimed('a', due, 1000),
        probeSucceeded('a', due, CONFIG),
        openedByHand(due, 'We move it.'),
      ];
      for (const [index, wish] of wishes.entries()) await change(wish, await stands(), `corr_${index}`);
      const turns = (await history(name)).map(({ aggregateId, version, lastVersion, events, metadata }) => {
        return [aggregateId, version, lastVersion, events.map(({ type }) => type), metadata.correlationId];
      });
      const id = `breaker_${name}`;
      expect(turns).toEqual([
        [id, 1, 1, ['BreakerOpened'], 'corr_2'],
        [id, 2, 2, ['BreakerHalfOpened'], 'corr_3'],
        [id, 3, 3, ['BreakerClosed'], 'corr_6'],
        [id, 4, 4, ['BreakerOpened'], 'corr_7'],
      ]);
      expect((await stands()).version).toBe(4);
    });

    it(`of each of ${RIVALS} at once has a version of its own`, async () => {
      const { change, stands, history, name } = await fresh();
      await rivals((rival) => change(openedByHand(NOW, `By ${rival}.`)));
      const versions = (await history(name)).map(({ version }) => version);
      expect(versions).toEqual(Array.from({ length: RIVALS }, (_, index) => index + 1));
      expect(await stands()).toMatchObject({ version: RIVALS, revision: RIVALS });
    });
  });

  describe('counts', () => {
    it('are nothing at first', async () => {
      const { store, name } = await fresh();
      expect(await store.counted(name)).toEqual({ success: 0, error: 0, rejected: 0 });
    });

    it(`of ${RIVALS} at once add up, and leave the breaker alone`, async () => {
      const { store, name, stands } = await fresh();
      await rivals((rival) => store.count(name, { success: 100, error: rival, rejected: 1 }));
      expect(await store.counted(name)).toEqual({ success: 2000, error: 190, rejected: 20 });
      expect(await stands()).toEqual(UNTOUCHED);
    });
  });
}
