import { beforeEach, describe, expect, it } from 'vitest';
import { progressOf } from '../../../functions/projections/adapters/projection-lag.ts';
import { FEED_PAGE } from '../../../functions/shared/platform/log/commit-feed.ts';
import { ProjectionWorld } from '../../support/projections/projection-world.ts';
import { sampleEvent } from '../../support/tasks/task-samples.ts';

const SECOND = 1000;
let world: ProjectionWorld;
/** Where each page of the log began that was read. */
let reads: string[];
beforeEach(() => {
  world = new ProjectionWorld();
  reads = [];
});

const progress = () => {
  const { store } = world.ports;
  const read = (after: string, before: string) => {
    reads.push(after);
    return world.feed.read(after, before);
  };
  return progressOf({ store, feed: { read }, now: world.now }, 'tasks', 20);
};
const lag = async () => (await progress()).lag;
const strangers = async (count: number) => {
  for (let index = 0; index < count; index += 1)
    await world.commit(`letter_${index}`, { type: 'TaskCreated', data: {} });
};

describe('the lag', () => {
  it('is 0 where there is nothing', async () => {
    expect(await progress()).toEqual({ checkpoint: undefined, lag: 0 });
  });

  it('is 0 where all was dealt with', async () => {
    const events = await world.tasks(3);
    await world.deliver(events);
    world.pass(60 * SECOND);
    expect(await progress()).toEqual({ checkpoint: await world.ports.store.checkpoint('tasks'), lag: 0 });
  });

  it('is the age of the first event that was not', async () => {
    const events = await world.tasks(3);
    const [one] = events;
    await world.deliver(one ? [one] : []);
    world.pass(60 * SECOND);
    expect(await lag()).toBe(60 * SECOND + 1);
    world.pass(SECOND);
    expect(await lag()).toBe(61 * SECOND + 1);
    await world.deliver(events.slice(1));
    expect(await lag()).toBe(0);
  });

  it('is the age of the first one where none was dealt with at all', async () => {
    await world.tasks(1);
    world.pass(10 * SECOND);
    expect(await lag()).toBe(10 * SECOND);
  });

  it('does not see what the log cannot show for sure yet', async () => {
    await world.tasks(1);
    world.pass(5 * SECOND);
    expect(await lag()).toBe(0);
    world.pass(1);
    expect(await lag()).toBe(5 * SECOND + 1);
  });

  it('goes by the last event of a commit', async () => {
    const [first, second] = await world.commit('task_1', sampleEvent.TaskCreated, sampleEvent.TaskCancelled);
    await world.deliver(first ? [first] : []);
    world.pass(60 * SECOND);
    expect(await lag()).toBe(60 * SECOND);
    await world.deliver(second ? [second] : []);
    expect(await lag()).toBe(0);
  });
});

describe('what a projection does not follow', () => {
  it('does not count', async () => {
    await strangers(3);
    world.pass(60 * SECOND);
    expect(await lag()).toBe(0);
  });

  it('is looked past once', async () => {
    await strangers(FEED_PAGE + 5);
    world.pass(60 * SECOND);
    await lag();
    expect(reads).toHaveLength(2);
    const passed = await world.ports.store.looked('tasks');
    expect(passed).toBe(world.ordered.commits.at(-1)?.position);
    await lag();
    expect(reads.slice(2)).toEqual([passed]);
  });

  it('is passed up to what is followed and not dealt with, and no further', async () => {
    await strangers(2);
    await world.tasks(1);
    await world.commit('letter_9', { type: 'TaskCreated', data: {} });
    world.pass(60 * SECOND);
    expect(await lag()).toBe(60 * SECOND + 1);
    expect(await world.ports.store.looked('tasks')).toBe(world.ordered.commits[1]?.position);
    expect(await lag()).toBe(60 * SECOND + 1);
  });

  it('takes several looks where there is much of it', async () => {
    await strangers(21 * FEED_PAGE);
    await world.tasks(1);
    world.pass(60 * SECOND);
    // All that it has not seen may be undone.
    expect(await lag()).toBeGreaterThan(60 * SECOND);
    expect(reads).toHaveLength(20);
    expect(await lag()).toBe(60 * SECOND);
  });
});
