import { describe, expect, it, vi } from 'vitest';
import { checkpointAfter, sweepWindow } from '../../../functions/events/domain/sweep.ts';
import type { CommitPlace } from '../../../functions/shared/kernel/commit-place.ts';
import { LOG_SHARDS, shardOf } from '../../../functions/shared/platform/log/log-shards.ts';
import { MINUTE, neighbours, START, SweepWorld } from '../../support/publisher/sweep-world.ts';

vi.mock('node:timers/promises', () => ({ setTimeout: async () => undefined }));

const [A, B, C] = neighbours(3) as [string, string, string];
const checkpoint = (world: SweepWorld) => world.marks.checkpointOf('shard-3');
const LATER = START + 60 * MINUTE;

describe('the window of a sweep', () => {
  it('ends 15 minutes ago, and is complete up to 20 minutes ago', () => {
    expect(sweepWindow('2026-08-19T10:00:00.000Z')).toEqual({
      until: '2026-08-19T09:45:00.000Z',
      complete: '2026-08-19T09:40:00.000Z',
    });
  });

  const places = ['p1', 'p2', 'p3'].map((position): CommitPlace => ({ aggregateId: 'a', version: 1, position }));
  it.each([
    { left: [], complete: 'q', behind: 'p3' },
    { left: [2], complete: 'q', behind: 'p2' },
    { left: [1, 2], complete: 'q', behind: 'p1' },
    { left: [0], complete: 'q', behind: undefined },
    { left: [], complete: 'p2_', behind: 'p2_' },
    { left: [1], complete: 'p2_', behind: 'p1' },
    { left: [], complete: 'a', behind: 'a' },
  ])('has its checkpoint at $behind where $left of three are left, complete up to $complete', (one) => {
    const left = new Set(one.left.map((index) => places[index] as CommitPlace));
    expect(checkpointAfter(places, left, { until: 'z', complete: one.complete })).toBe(one.behind);
  });
});

describe('a sweep', () => {
  it('publishes what the stream did not, once it is 15 minutes old, and leaves the rest to the stream', async () => {
    const world = new SweepWorld();
    await world.publish([await world.note(A, ['1', '2'])]);
    const lost = await world.note(A, ['3', '4']);
    await world.note(A, ['5'], START + 1);
    world.time = START + 15 * MINUTE;
    await world.sweep();
    expect(world.accepted()).toEqual([`${A}-1`, `${A}-2`]);
    world.time += 1;
    await world.sweep();
    expect(world.accepted().slice(2)).toEqual([`${A}-3`, `${A}-4`]);
    expect(world.swept).toEqual([lost]);
    world.time += 1;
    await world.sweep();
    expect(world.accepted().slice(4)).toEqual([`${A}-5`]);
    expect(world.unmarked()).toEqual([]);
  });

  it('publishes any number, over all shards, in the order of each aggregate', async () => {
    const world = new SweepWorld();
    for (let index = 0; index < 450; index += 1) {
      await world.note(`agg-${index % 90}`, ['x', 'y'].slice(index % 2), START + index);
    }
    world.time = LATER;
    await world.sweep();
    expect(world.unmarked()).toEqual([]);
    expect(world.swept).toHaveLength(450);
    expect(new Set(world.swept.map(({ aggregateId }) => shardOf(aggregateId))).size).toBe(LOG_SHARDS.length);
    const versions = Map.groupBy(world.bus.accepted, ({ data }) => data.aggregateId);
    for (const events of versions.values()) {
      expect(events.map(({ data }) => data.version)).toEqual(events.map((_, index) => index + 1));
    }
  });

  it('goes on from its checkpoint, and looks at nothing twice that is long settled', async () => {
    const world = new SweepWorld();
    for (let index = 0; index < 250; index += 1) await world.note(A, ['x'], START + index);
    world.time = LATER;
    const looks = vi.fn(world.ordered.order.after);
    const order = { ...world.ordered.order, after: looks };
    await world.sweep(undefined, { order });
    const ofShard = () => looks.mock.calls.filter(([shard]) => shard === 'shard-3').map(([, position]) => position);
    expect(ofShard()).toEqual(['0', ...[99, 199, 249].map((index) => world.ordered.commits[index]?.position)]);
    looks.mockClear();
    await world.sweep(undefined, { order });
    expect(ofShard()).toEqual([world.ordered.commits[249]?.position]);
    expect(world.swept).toHaveLength(250);
  });

  it('finds what the index shows only after the place was read, five minutes late', async () => {
    let shown = false;
    const world = new SweepWorld({ isShown: ({ aggregateId }) => shown || aggregateId !== B });
    await world.note(A, ['x'], START);
    await world.note(B, ['x'], START + 1);
    await world.note(C, ['x'], START + 2);
    world.time = START + 16 * MINUTE;
    await world.sweep();
    expect(world.accepted()).toEqual([`${A}-1`, `${C}-1`]);
    shown = true;
    world.time += 3 * MINUTE;
    await world.sweep();
    expect(world.accepted().slice(2)).toEqual([`${B}-1`]);
  });

  it('lets no event out before an earlier one of its aggregate that the index has not shown yet', async () => {
    const world = new SweepWorld({ isShown: ({ version }) => version !== 2 });
    for (const text of ['1', '2', '3']) await world.note(A, [text]);
    world.time = LATER;
    await world.sweep();
    expect(world.accepted()).toEqual([`${A}-1`, `${A}-2`, `${A}-3`]);
  });

  it('works up a day as it works up five minutes, however late it runs', async () => {
    const world = new SweepWorld();
    for (let hour = 0; hour < 48; hour += 1) await world.note(A, ['x'], START + 60 * hour * MINUTE);
    world.time = START + 60 * 49 * MINUTE;
    await world.sweep();
    expect(world.unmarked()).toEqual([]);
    expect(checkpoint(world)).toBe(world.ordered.commits.at(-1)?.position);
  });

  it('has at most ten aggregates of a shard in hand', async () => {
    const world = new SweepWorld();
    const ids = neighbours(25);
    for (const id of ids) await world.note(id);
    world.time = LATER;
    let loaded = 0;
    const most: number[] = [];
    const { log, mark } = world.sweepPorts();
    await world.sweep(undefined, {
      log: { load: (id) => log.load(id).finally(() => (loaded += 1)) },
      mark: (commit, publications) => {
        most.push(loaded);
        loaded = 0;
        return mark(commit, publications);
      },
    });
    expect([most.filter((count) => count > 0), world.unmarked()]).toEqual([[10, 10, 5], []]);
  });
});

describe('a sweep that runs out of time', () => {
  it('ends before its Lambda does, keeps how far it has come, and the next one goes on', async () => {
    const world = new SweepWorld();
    for (const [index, id] of neighbours(600).entries()) await world.note(id, ['x'], START + index);
    world.time = LATER;
    const ends: number[] = [];
    const checkpoints: string[] = [];
    for (let sweeps = 0; world.unmarked().length > 0; sweeps += 1) {
      expect(sweeps).toBeLessThan(20);
      const begun = world.time;
      await world.sweep(async (call) => {
        world.time += 1000;
        return call();
      });
      ends.push((world.time - begun) / 1000);
      checkpoints.push(checkpoint(world));
      expect(world.passedOver()).toEqual([]);
    }
    expect(ends.length).toBeGreaterThan(2);
    // What is under way at 200 s is ten loads, a look at marks, a call to the bus, ten marks and the checkpoint.
    expect(ends.slice(0, -1).every((seconds) => seconds >= 200 && seconds <= 200 + 23)).toBe(true);
    expect(checkpoints).toEqual([...new Set(checkpoints)].sort());
    expect(world.left).toEqual([]);
  });
});
