import { beforeEach, describe, expect, it } from 'vitest';
import type { StoredEvent } from '../../../functions/contracts/event.ts';
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
