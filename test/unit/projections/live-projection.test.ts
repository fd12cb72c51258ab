import { beforeEach, describe, expect, it } from 'vitest';
import type { StoredEvent } from '../../../functions/contracts/event.ts';
import { beginRebuild, giveUp } from '../../../functions/projections/domain/projection-changes.ts';
import { LAST, ProjectionWorld } from '../../support/projections/projection-world.ts';
import { sampleEvent } from '../../support/tasks/task-samples.ts';

const MINUTE = 60_000;
let world: ProjectionWorld;
beforeEach(() => {
  world = new ProjectionWorld();
});

const only = ([event]: StoredEvent[]) => event as StoredEvent;
const failedOf = async () => (await world.ports.failed.page('tasks', { limit: 100 })).items;
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

describe('an event that cannot be applied', () => {
  const EVENT = { eventId: 'task_000-1', eventType: 'domain.TaskCreated', aggregateId: 'task_000' };

  it('waits among the failed from its first try on, and comes again', async () => {
    const events = await world.tasks(2);
    world.unknown.add('task_000');
    const first = world.now();
    expect(await world.deliver(events)).toEqual(['task_000 is unheard of.']);
    const times = { firstFailedAt: first, lastFailedAt: first };
    expect(await failedOf()).toEqual([{ ...EVENT, error: 'task_000 is unheard of.', ...times, retryCount: 0 }]);
    expect((await checkpoint())?.position).toBe(events[1]?.position);

    world.pass(2000);
    expect(await world.deliver(events.slice(0, 1), { attempt: 2, isLast: false })).toHaveLength(1);
    expect(await failedOf()).toMatchObject([{ firstFailedAt: first, lastFailedAt: world.now(), retryCount: 1 }]);
    expect(world.paused).toEqual([]);
  });

  it('because a table refuses it comes again, and is told as failed at its last try only', async () => {
    const event = only(await world.tasks(1));
    world.refused.add('task_000');
    expect(await world.deliver([event])).toEqual(['task_000 has no room.']);
    expect([await failedOf(), await checkpoint()]).toEqual([[], undefined]);
    expect(await world.deliver([event], LAST)).toEqual([]);
    expect(await failedOf()).toMatchObject([{ ...EVENT, error: 'task_000 has no room.', retryCount: 0 }]);
  });

  it('alone in its batch does not move the checkpoint', async () => {
    const event = only(await world.tasks(1));
    world.unknown.add('task_000');
    await world.deliver([event]);
    expect(await checkpoint()).toBeUndefined();
  });

  it('at its last try is left among them, and the queue is done with it', async () => {
    const event = only(await world.tasks(1));
    world.unknown.add('task_000');
    expect(await world.deliver([event], LAST)).toEqual([]);
    expect(await failedOf()).toMatchObject([EVENT]);
    expect((await checkpoint())?.position).toBe(event.position);
  });

  it('leaves them when a later try goes well', async () => {
    const event = only(await world.tasks(1));
    world.unknown.add('task_000');
    await world.deliver([event]);
    world.unknown.clear();
    expect(await world.deliver([event], { attempt: 2, isLast: false })).toEqual([]);
    expect(await failedOf()).toEqual([]);
  });

  it('holds up what comes behind it in its aggregate, and nothing else', async () => {
    const [lost] = await world.commit('task_9', sampleEvent.TaskAssigned);
    const behind = only(await world.commit('task_9', sampleEvent.TaskCancelled));
    const [fine] = await world.tasks(1);
    expect(await world.deliver([lost as StoredEvent, behind, fine as StoredEvent])).toEqual([
      'task_9 begins with TaskAssigned instead of TaskCreated',
      'task_9 begins with TaskAssigned instead of TaskCreated',
    ]);
    expect(await world.rowsOf('tasks').get('task_9')).toBeUndefined();
    expect(await world.rowsOf('tasks').get('task_000')).toBeDefined();
  });
});

describe('many errors', () => {
  /** So many events fail, each for the first time. */
  async function fail(count: number, first = 0): Promise<void> {
    const events = await world.tasks(count, first);
    for (const { data } of events) world.unknown.add(data.aggregateId);
    expect(await world.deliver(events)).toHaveLength(count);
  }

  it('pause a projection, the eleventh and not the tenth, and it is told once', async () => {
    await fail(10);
    expect([(await world.state()).pause, world.paused]).toEqual([undefined, []]);
    await fail(1, 10);
    expect((await world.state()).pause).toEqual({ at: world.now(), because: 'errors' });
    await fail(0, 11);
    expect(world.paused).toEqual(['tasks']);
  });

  it('in one batch pause it once', async () => {
    await fail(14);
    expect(world.paused).toEqual(['tasks']);
  });

  it('of the same event are one', async () => {
    const event = only(await world.tasks(1));
    world.unknown.add('task_000');
    for (let attempt = 1; attempt <= 12; attempt += 1) await world.deliver([event], { attempt, isLast: false });
    expect([await world.ports.failed.recentErrors('tasks', ''), world.paused]).toEqual([1, []]);
    expect(await failedOf()).toMatchObject([{ retryCount: 11 }]);
  });

  it('count for five minutes', async () => {
    await fail(10);
    world.pass(5 * MINUTE + 20);
    await fail(10, 10);
    expect(world.paused).toEqual([]);
    await fail(1, 20);
    expect(world.paused).toEqual(['tasks']);
  });

  it('that pass by themselves pause nothing', async () => {
    const events = await world.tasks(20);
    for (const { data } of events) world.refused.add(data.aggregateId);
    expect(await world.deliver(events)).toHaveLength(20);
    world.refused.clear();
    expect(await world.deliver(events, { attempt: 2, isLast: false })).toEqual([]);
    expect([await world.ports.failed.recentErrors('tasks', ''), world.paused]).toEqual([0, []]);
  });

  it('of a table that goes on refusing do', async () => {
    const events = await world.tasks(11);
    for (const { data } of events) world.refused.add(data.aggregateId);
    await world.deliver(events, LAST);
    expect(world.paused).toEqual(['tasks']);
  });

  it('are forgiven by a resume', async () => {
    await fail(11);
    world.pass(1000);
    await world.resume();
    await fail(10, 11);
    expect([(await world.state()).pause, world.paused]).toEqual([undefined, ['tasks']]);
    await fail(1, 21);
    expect([(await world.state()).pause?.because, world.paused]).toEqual(['errors', ['tasks', 'tasks']]);
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

describe('a failed event that is tried again', () => {
  const again = { retryOf: 'task_000-1', eventType: 'domain.TaskCreated' };
  beforeEach(async () => {
    world.unknown.add('task_000');
    await world.deliver(await world.tasks(1), LAST);
    world.pass(1000);
  });

  it.each([false, true])('is applied and settled (paused: %s)', async (isPaused) => {
    if (isPaused) await world.pause();
    world.unknown.clear();
    expect(await world.deliver([again])).toEqual([]);
    const { is, replayed } = await world.rows(['task_000']);
    expect(is).toEqual(replayed);
    expect(await failedOf()).toEqual([]);
  });

  it.each([false, true])(
    'counts one more try where it fails, and does not come by itself (paused: %s)',
    async (isPaused) => {
      if (isPaused) await world.pause();
      expect(await world.deliver([again])).toEqual([]);
      expect(await failedOf()).toMatchObject([{ retryCount: 1, lastFailedAt: world.now() }]);
      expect(await world.state()).not.toHaveProperty('skippedFrom');
    },
  );

  it('comes again where a table refuses it, until its last try', async () => {
    world.unknown.clear();
    world.refused.add('task_000');
    expect(await world.deliver([again])).toEqual(['task_000 has no room.']);
    expect(await failedOf()).toMatchObject([{ retryCount: 0 }]);
    expect(await world.deliver([again], LAST)).toEqual([]);
    expect(await failedOf()).toMatchObject([{ retryCount: 1, error: 'task_000 has no room.' }]);
  });

  it('brings its aggregate as far as the log is', async () => {
    await world.commit('task_000', sampleEvent.TaskCancelled);
    world.unknown.clear();
    await world.deliver([again]);
    expect(await world.rowsOf('tasks').get('task_000')).toMatchObject({ version: 2, row: { status: 'cancelled' } });
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
