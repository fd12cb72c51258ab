import { describe, expect, it, vi } from 'vitest';
import { shardOf } from '../../../functions/shared/platform/log/log-shards.ts';
import { REFUSED, THROTTLED } from '../../support/publisher/scripted-bus.ts';
import { MINUTE, neighbours, START, SweepWorld } from '../../support/publisher/sweep-world.ts';

vi.mock('node:timers/promises', () => ({ setTimeout: async () => undefined }));

const [A, B, C] = neighbours(3) as [string, string, string];
const checkpoint = (world: SweepWorld) => world.marks.checkpointOf('shard-3');
const LATER = START + 60 * MINUTE;

describe('what a sweep cannot publish', () => {
  it('for now, holds up its own aggregate only, is told, and is met again by the next sweep', async () => {
    let away = true;
    const world = new SweepWorld({ script: (id) => [away && id === `${B}-2` ? THROTTLED : {}] });
    const first = await world.note(A, ['x'], START);
    await world.note(B, ['1'], START + 1);
    const held = await world.note(B, ['2', '3'], START + 2);
    await world.note(C, ['x'], START + 3);
    await world.note(B, ['4'], START + 4);
    world.time = LATER;
    await expect(world.sweep()).rejects.toThrow(
      `2 could not be swept; first: ${B} at version 2: ThrottlingException: Rate exceeded`,
    );
    expect(world.accepted().sort()).toEqual([`${A}-1`, `${B}-1`, `${C}-1`].sort());
    expect(world.left.map(({ place }) => place.version)).toEqual([2, 4]);
    expect(checkpoint(world)).toBe(world.ordered.commits[1]?.position);
    expect(first.position < checkpoint(world) && checkpoint(world) < held.position).toBe(true);
    away = false;
    await world.sweep();
    expect(world.accepted().slice(3)).toEqual([`${B}-2`, `${B}-3`, `${B}-4`]);
    expect([world.unmarked(), world.letters]).toEqual([[], []]);
  });

  it('for now, keeps the checkpoint where it is also over pages that are settled behind it', async () => {
    const world = new SweepWorld({ script: (id) => [id === `${A}-1` ? THROTTLED : {}] });
    await world.note(A, ['x'], START);
    for (let index = 1; index <= 150; index += 1) await world.note(B, ['x'], START + index);
    world.time = LATER;
    await expect(world.sweep()).rejects.toThrow('1 could not be swept');
    expect(world.unmarked()).toHaveLength(1);
    expect(checkpoint(world)).toBe('');
  });

  it('for good, gets a letter in its name and a mark, and stands in nobody’s way', async () => {
    const world = new SweepWorld({ script: (id) => [id === `${A}-2` ? REFUSED : {}] });
    await world.note(A, ['1', '2', '3']);
    world.time = LATER;
    await world.sweep();
    await world.sweep();
    expect(world.accepted()).toEqual([`${A}-1`, `${A}-3`]);
    expect(world.letters).toMatchObject([
      { subscriptionId: 'sweep-events', error: 'MalformedDetail: Detail is malformed', retryCount: 0 },
    ]);
    expect(world.unmarked()).toEqual([]);
  });

  it('because it cannot be read, is told, and is met again when it can', async () => {
    const world = new SweepWorld();
    for (const id of [A, B, C]) await world.note(id);
    world.time = LATER;
    const { load } = world.ordered.log;
    const log = {
      load: async (id: string) => (id === B ? Promise.reject(new Error('It is not JSON.')) : load(id)),
    };
    const message = `1 could not be swept; first: ${B} at version 1: It is not JSON.`;
    await expect(world.sweep(undefined, { log })).rejects.toThrow(message);
    expect(world.accepted()).toEqual([`${A}-1`, `${C}-1`]);
    expect(world.passedOver()).toEqual([]);
    await world.sweep();
    expect(world.unmarked()).toEqual([]);
  });

  it('because it can never be read, is let go by a mark that somebody makes', async () => {
    const world = new SweepWorld();
    const commit = await world.note(A);
    world.time = LATER;
    const log = { load: () => Promise.reject(new Error('It is not JSON.')) };
    await expect(world.sweep(undefined, { log })).rejects.toThrow('1 could not be swept');
    await world.marks.mark(commit, []);
    await world.sweep(undefined, { log });
    expect([world.accepted(), checkpoint(world)]).toEqual([[], commit.position]);
  });

  it('because it was taken out of the log by hand, is no more to publish', async () => {
    const world = new SweepWorld();
    await world.note(A);
    world.time = LATER;
    const log = { load: async (aggregateId: string) => ({ aggregateId, version: 0, commits: [] }) };
    await world.sweep(undefined, { log });
    expect([world.accepted(), checkpoint(world)]).toEqual([[], world.ordered.commits[0]?.position]);
  });

  it.each(['mark', 'deadLetter', 'unmarked'] as const)(
    'where %s fails, is told, and passes by no checkpoint',
    async (port) => {
      const world = new SweepWorld({ script: () => [REFUSED] });
      for (const id of [A, B]) await world.note(id);
      world.time = LATER;
      const broken = { [port]: () => Promise.reject(new Error(`${port} is down`)) };
      await expect(world.sweep(undefined, broken)).rejects.toThrow(`${port} is down`);
      expect([world.unmarked().length, checkpoint(world)]).toEqual([2, '']);
      await world.sweep();
      expect(world.unmarked()).toEqual([]);
    },
  );

  it('in a shard that cannot be read, keeps no other shard from its own', async () => {
    const world = new SweepWorld();
    for (let index = 0; index < 40; index += 1) await world.note(`agg-${index}`);
    world.time = LATER;
    const { order } = world.sweepPorts();
    const after = (shard: string, position: string) =>
      shard === 'shard-3' ? Promise.reject(new Error('slow down')) : order.after(shard, position);
    await expect(world.sweep(undefined, { order: { ...order, after } })).rejects.toThrow(
      '1 could not be swept; first: shard-3: slow down',
    );
    expect(new Set(world.unmarked().map(({ aggregateId }) => shardOf(aggregateId)))).toEqual(new Set(['shard-3']));
  });
});
