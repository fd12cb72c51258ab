import { beforeEach, describe, expect, it } from 'vitest';
import type { StoredEvent } from '../../../functions/contracts/event.ts';
import { beginRebuild, giveUp } from '../../../functions/projections/domain/projection-changes.ts';
import { LAST, ProjectionWorld } from '../../support/projections/projection-world.ts';

let world: ProjectionWorld;
beforeEach(() => {
  world = new ProjectionWorld();
});

const only = ([event]: StoredEvent[]) => event as StoredEvent;
const checkpoint = () => world.ports.store.checkpoint('tasks');

describe('a batch', () => {
  it('is applied, and the checkpoint is its furthest event', async () => {
    const events = await world.tasks(3);
    expect(await world.deliver([events[2], events[0], events[1]] as StoredEvent[])).toEqual([]);
    const { is, replayed } = await world.rows(['task_000', 'task_001', 'task_002']);
    expect(is).toEqual(replayed);
    expect(await checkpoint()).toEqual({ position: events[2]?.position, updatedAt: world.now() });
  });

  it('moves the checkpoint once, at its end, and never back', async () => {
    const advances: string[] = [];
    const { store } = world.ports;
    world.ports.store = {
      ...store,
      advance: async (name, at) => {
        advances.push(at.position);
        await store.advance(name, at);
      },
    };
    const events = await world.tasks(3);
    await world.deliver(events.slice(1));
    await world.deliver(events.slice(0, 1));
    expect(advances).toEqual([events[2]?.position, events[0]?.position]);
    expect((await checkpoint())?.position).toBe(events[2]?.position);
  });

  it('that brings nothing writes nothing', async () => {
    await world.deliver([]);
    expect([await checkpoint(), await world.state()]).toMatchObject([undefined, { generation: 1 }]);
  });

  it('that comes again changes nothing', async () => {
    const events = await world.tasks(2);
    await world.deliver(events);
    const { writes } = world;
    const count = writes.length;
    expect(await world.deliver(events, { attempt: 2, isLast: false })).toEqual([]);
    expect(writes).toHaveLength(count);
  });
});

describe('in a pause', () => {
  it('nothing is applied, and the lowest position that came is kept', async () => {
    const events = await world.tasks(4);
    await world.pause();
    await world.deliver([events[2], events[1]] as StoredEvent[]);
    expect((await world.state()).skippedFrom).toBe(events[1]?.position);
    await world.deliver([events[3]] as StoredEvent[]);
    expect((await world.state()).skippedFrom).toBe(events[1]?.position);
    await world.deliver([events[0]] as StoredEvent[]);
    expect((await world.state()).skippedFrom).toBe(events[0]?.position);
    expect([world.writes, await checkpoint()]).toEqual([[], undefined]);
  });

  it('that ends within a batch, the batch fails, so that it comes again', async () => {
    const event = only(await world.tasks(1));
    await world.pause();
    const projection = world.live();
    await projection.begin();
    await projection.handle(event, { attempt: 1, isLast: false });
    await world.resume();
    await expect(projection.end()).rejects.toThrow('resumed meanwhile');
    expect(await world.state()).not.toHaveProperty('skippedFrom');
    expect(await world.deliver([event], { attempt: 2, isLast: false })).toEqual([]);
    expect(world.writes).toEqual(['tasks#1 task_000']);
  });

  it('that begins within a batch, the rest of the batch is applied', async () => {
    const [one, two] = (await world.tasks(2)) as [StoredEvent, StoredEvent];
    const projection = world.live();
    await projection.begin();
    await projection.handle(one, { attempt: 1, isLast: false });
    await world.pause();
    await projection.handle(two, { attempt: 1, isLast: false });
    await projection.end();
    expect(world.writes).toEqual(['tasks#1 task_000', 'tasks#1 task_001']);
    expect((await checkpoint())?.position).toBe(two.position);
  });
});

describe('during a rebuild', () => {
  beforeEach(async () => {
    await world.change(beginRebuild(world.now()));
  });

  it('both generations get each event, the new one first', async () => {
    const events = await world.tasks(2);
    await world.deliver(events);
    expect(world.writes).toEqual(['tasks#2 task_000', 'tasks#1 task_000', 'tasks#2 task_001', 'tasks#1 task_001']);
  });

  it('the new rows are never behind those that are read, wherever a delivery dies', async () => {
    const event = only(await world.tasks(1));
    let deaths = 0;
    world.beforePut = async (generation) => {
      if (generation !== 1 || deaths > 0) return;
      deaths += 1;
      throw new Error('dead');
    };
    expect(await world.deliver([event])).toEqual(['dead']);
    expect(deaths).toBe(1);
    expect(await world.rowsOf('tasks', 2).get('task_000')).toMatchObject({ version: 1 });
    expect(await world.rowsOf('tasks', 1).get('task_000')).toBeUndefined();
    expect(await world.deliver([event], { attempt: 2, isLast: false })).toEqual([]);
    const { is, replayed } = await world.rows(['task_000']);
    expect(is).toEqual(replayed);
  });

  it('a failed event is tried again in both', async () => {
    world.unknown.add('task_000');
    await world.deliver(await world.tasks(1), LAST);
    world.unknown.clear();
    await world.deliver([{ retryOf: 'task_000-1', eventType: 'domain.TaskCreated' }]);
    expect(world.writes).toEqual(['tasks#2 task_000', 'tasks#1 task_000']);
  });

  it('that has ended, only those that are read do', async () => {
    const rows = { written: 0, changed: 0, added: 0, older: 0 };
    await world.change(giveUp({ generation: 2, rows, endedAt: world.now() }, 'no room'));
    await world.deliver(await world.tasks(1));
    expect(world.writes).toEqual(['tasks#1 task_000']);
  });
});
