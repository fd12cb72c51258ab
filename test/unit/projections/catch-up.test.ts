import { beforeEach, describe, expect, it } from 'vitest';
import type { StoredEvent } from '../../../functions/contracts/event.ts';
import { beginRebuild } from '../../../functions/projections/domain/projection-changes.ts';
import { FEED_PAGE } from '../../../functions/shared/platform/log/commit-feed.ts';
import { aggregatesOf, ProjectionWorld } from '../../support/projections/projection-world.ts';
import { sampleEvent } from '../../support/tasks/task-samples.ts';

/** From a resume until nothing that came before it can still be on its way. */
const SETTLED_MS = 21_000;
let world: ProjectionWorld;
beforeEach(() => {
  world = new ProjectionWorld();
});

/** Events that come in a pause, which has ended by then. */
async function skipped(count: number): Promise<StoredEvent[]> {
  await world.pause();
  const events = await world.tasks(count);
  await world.deliver(events.toReversed());
  world.pass(1000);
  await world.resume();
  return events;
}

async function expectAll(events: readonly StoredEvent[]): Promise<void> {
  const { is, replayed } = await world.rows(aggregatesOf(events));
  expect(is).toEqual(replayed);
}

const versions = async (events: readonly StoredEvent[]) => {
  const { is } = await world.rows(aggregatesOf(events));
  return is.filter((row) => row !== undefined).length;
};

describe('what came in a pause', () => {
  it('is applied after the resume, and nothing is owed then', async () => {
    const before = await world.tasks(2);
    await world.deliver(before);
    await world.pause();
    const events = [
      ...(await world.commit('task_000', sampleEvent.TaskAssigned, sampleEvent.TaskCompleted)),
      ...(await world.tasks(3, 2)),
    ];
    await world.deliver(events);
    await world.resume();
    world.pass(SETTLED_MS);
    expect(await world.catchUp()).toBe(false);
    await expectAll([...before, ...events]);
    expect(await world.state()).not.toHaveProperty('skippedFrom');
    expect((await world.ports.store.checkpoint('tasks'))?.position).toBe(events.at(-1)?.position);
  });

  it('is applied at once, and looked for again until nothing can still come', async () => {
    const events = await skipped(3);
    world.pass(6000);
    expect(await world.catchUp()).toBe(true);
    await expectAll(events);
    expect((await world.state()).skippedFrom).toBeDefined();
    world.pass(SETTLED_MS);
    const { writes } = world;
    const count = writes.length;
    expect(await world.catchUp()).toBe(false);
    expect([writes.length, (await world.state()).skippedFrom]).toEqual([count, undefined]);
  });

  it('is nothing where nothing came, or the pause goes on', async () => {
    await world.pause();
    await world.resume();
    world.pass(SETTLED_MS);
    expect(await world.catchUp()).toBe(false);
    await world.pause();
    const events = await world.tasks(1);
    await world.deliver(events);
    world.pass(SETTLED_MS);
    expect(await world.catchUp()).toBe(false);
    expect([world.writes, (await world.state()).skippedFrom]).toEqual([[], events[0]?.position]);
  });

  it('goes to both generations during a rebuild, the new one first', async () => {
    await skipped(1);
    await world.change(beginRebuild(world.now()));
    world.pass(SETTLED_MS);
    await world.catchUp();
    expect(world.writes).toEqual(['tasks#2 task_000', 'tasks#1 task_000']);
  });

  it('is what the projection follows: no other aggregates, no events of users', async () => {
    await world.pause();
    const [task] = await world.tasks(1);
    await world.commit('letter_1', { type: 'TaskCreated', data: {} });
    const { log } = world.ordered;
    const metadata = { correlationId: 'corr_1', traceId: 'trace' };
    const published = { commitId: 'cmd_user', committedAt: world.now(), source: 'shop', metadata };
    await log.append(await log.load('task_user'), { ...published, events: [sampleEvent.TaskCreated] });
    await world.deliver([task as StoredEvent]);
    await world.resume();
    world.pass(SETTLED_MS);
    await world.catchUp();
    expect([world.writes, await world.ports.failed.count('tasks')]).toEqual([['tasks#1 task_000'], 0]);
  });
});

describe('a catch-up', () => {
  it('goes on where it was when time was up', async () => {
    const events = await skipped(2 * FEED_PAGE + 10);
    world.pass(SETTLED_MS);
    let pages = 0;
    world.beforePage = async () => {
      pages += 1;
    };
    expect(await world.catchUp(() => true)).toBe(true);
    expect([pages, await versions(events)]).toEqual([1, FEED_PAGE]);
    expect(await world.catchUp(() => true)).toBe(true);
    // The moment in which it ended is read once more.
    expect([pages, await versions(events)]).toEqual([2, 2 * FEED_PAGE - 1]);
    expect(await world.catchUp(() => true)).toBe(false);
    await expectAll(events);
    expect([pages, world.writes.length]).toEqual([3, events.length]);
  });

  it('reads on by itself as long as there is time', async () => {
    const events = await skipped(FEED_PAGE + 10);
    world.pass(SETTLED_MS);
    expect(await world.catchUp()).toBe(false);
    await expectAll(events);
  });

  it('that a pause meets stops, and all of it is owed on', async () => {
    const events = await skipped(2 * FEED_PAGE);
    world.pass(SETTLED_MS);
    let pages = 0;
    world.beforePage = async () => {
      pages += 1;
      if (pages === 2) await world.pause();
    };
    expect(await world.catchUp()).toBe(false);
    expect(await versions(events)).toBe(FEED_PAGE);
    expect((await world.state()).skippedFrom).toBe(events[0]?.position);
    await world.resume();
    world.pass(SETTLED_MS);
    expect(await world.catchUp()).toBe(false);
    await expectAll(events);
  });

  it('does not forget at its end what a second pause has skipped meanwhile', async () => {
    const events = await skipped(3);
    world.pass(SETTLED_MS);
    const later: StoredEvent[] = [];
    world.beforePut = async (_generation, id) => {
      if (id !== 'task_002' || later.length > 0) return;
      await world.pause();
      later.push(...(await world.tasks(2, 3)));
      await world.deliver(later);
      await world.resume();
    };
    expect(await world.catchUp()).toBe(false);
    expect(later).toHaveLength(2);
    expect((await world.state()).skippedFrom).toBe(events[0]?.position);
    world.pass(SETTLED_MS);
    expect(await world.catchUp()).toBe(false);
    await expectAll([...events, ...later]);
    expect(await world.state()).not.toHaveProperty('skippedFrom');
  });

  it('does not go back behind what a live event has brought since', async () => {
    const events = await skipped(2);
    const later = await world.commit('task_000', sampleEvent.TaskCancelled);
    await world.deliver(later);
    world.pass(SETTLED_MS);
    await world.catchUp();
    await expectAll(events);
    expect(await world.rowsOf('tasks').get('task_000')).toMatchObject({ version: 2 });
  });

  it('that dies is begun anew', async () => {
    const events = await skipped(3);
    world.pass(SETTLED_MS);
    const { store } = world.ports;
    world.ports.store = { ...store, advance: () => Promise.reject(new Error('The table is gone.')) };
    await expect(world.catchUp()).rejects.toThrow('The table is gone.');
    expect((await world.state()).skippedFrom).toBe(events[0]?.position);
    world.ports.store = store;
    expect(await world.catchUp()).toBe(false);
    await expectAll(events);
    expect([await world.ports.failed.count('tasks'), world.writes.length]).toEqual([0, 3]);
  });
});

describe('an event that cannot be caught up', () => {
  it('waits among the failed, and the others go on', async () => {
    const events = await skipped(4);
    world.unknown.add('task_001');
    world.pass(SETTLED_MS);
    expect(await world.catchUp()).toBe(false);
    expect(await versions(events)).toBe(3);
    expect(await world.ports.failed.page('tasks', { limit: 5 })).toMatchObject({
      items: [
        { eventId: 'task_001-1', eventType: 'domain.TaskCreated', error: 'task_001 is unheard of.', retryCount: 0 },
      ],
    });
    expect([await world.state(), world.paused]).toMatchObject([{ resumedAt: expect.any(String) }, []]);
  });

  it('is dealt with all the same: the checkpoint passes it', async () => {
    const events = await skipped(2);
    world.unknown.add('task_001');
    world.pass(SETTLED_MS);
    await world.catchUp();
    expect((await world.ports.store.checkpoint('tasks'))?.position).toBe(events[1]?.position);
  });

  it('and ten more pause the projection again; all is owed on', async () => {
    const events = await skipped(14);
    for (const { data } of events) world.unknown.add(data.aggregateId);
    world.pass(SETTLED_MS);
    expect(await world.catchUp()).toBe(false);
    expect(world.paused).toEqual(['tasks']);
    const { pause, skippedFrom } = await world.state();
    expect([pause?.because, skippedFrom]).toEqual(['errors', events[0]?.position]);
    expect(await world.ports.failed.count('tasks')).toBe(11);
    world.unknown.clear();
    world.pass(1000);
    await world.resume();
    world.pass(SETTLED_MS);
    expect(await world.catchUp()).toBe(false);
    await expectAll(events);
    expect(await world.ports.failed.count('tasks')).toBe(0);
  });

  it('or could not be applied before the pause waits no more when it is', async () => {
    const events = await world.tasks(1);
    world.unknown.add('task_000');
    await world.deliver(events);
    await world.pause();
    await world.deliver(events, { attempt: 2, isLast: false });
    world.unknown.clear();
    await world.resume();
    world.pass(SETTLED_MS);
    expect(await world.catchUp()).toBe(false);
    await expectAll(events);
    expect(await world.ports.failed.count('tasks')).toBe(0);
  });
});
