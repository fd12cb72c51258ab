import type { Context, DynamoDBStreamEvent } from 'aws-lambda';
import { describe, expect, it, vi } from 'vitest';
import type { AnyEvent } from '../../../functions/contracts/event.ts';
import type { Commit } from '../../../functions/shared/platform/log/event-log.ts';
import { commitBehind } from '../../../functions/shared/platform/log/event-log.ts';
import { eventsOf, storedEvents } from '../../../functions/shared/platform/log/stored-event.ts';
import { streamPipeline } from '../../../functions/shared/platform/log/stream-pipeline.ts';
import { recordOf } from '../../support/delivery/stream.ts';
import { commitOf } from '../../support/log/commits.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import { REFUSED } from '../../support/publisher/scripted-bus.ts';
import { SweepWorld } from '../../support/publisher/sweep-world.ts';

vi.mock('node:timers/promises', () => ({ setTimeout: async () => undefined }));
const logs = captureLogLines();

/** As the API stores what a user publishes. */
function publishedCommit(aggregateId: string, type = 'order.placed', data: object = { total: 5 }): Commit {
  return commitBehind(
    { aggregateId, version: 0, commits: [] },
    {
      commitId: `cmd_${aggregateId}`,
      committedAt: '2026-08-19T10:00:00.000Z',
      source: 'shop',
      events: [{ type, data }],
      metadata: { correlationId: 'corr_1', userId: 'key_1', traceId: '1-a-b' },
    },
  );
}

const ours = commitOf('task_1', 0, '1', '2');

describe('a user’s event on its way to the bus', () => {
  it('goes out under its own type and source, beside ours, which are what they were', async () => {
    const world = new SweepWorld();
    expect(await world.publish([publishedCommit('evt_1'), ours, publishedCommit('evt_2', 'order.lost')])).toEqual([]);
    const out = world.bus.accepted as AnyEvent[];
    expect(out.map(({ eventId, eventType, source }) => [eventId, eventType, source])).toEqual([
      ['evt_1-1', 'order.placed', 'shop'],
      ['task_1-1', 'domain.Noted', 'domain'],
      ['evt_2-1', 'order.lost', 'shop'],
      ['task_1-2', 'domain.Noted', 'domain'],
    ]);
    const { publishedAt, ...metadata } = out[0]?.metadata ?? { publishedAt: '' };
    expect({ ...out[0], metadata }).toEqual(eventsOf(publishedCommit('evt_1'))[0]);
    expect(publishedAt).toBe(world.now());
    expect(world.bus.calls).toEqual([['evt_1-1', 'task_1-1', 'evt_2-1'], ['task_1-2']]);
  });

  it('waits for no other one: each is an aggregate of its own', async () => {
    const world = new SweepWorld({ script: (id) => [id === 'evt_1-1' ? REFUSED : {}] });
    expect(await world.publish([publishedCommit('evt_1'), publishedCommit('evt_2')])).toEqual([]);
    expect(world.accepted()).toEqual(['evt_2-1']);
    expect(world.letters).toMatchObject([{ eventType: 'order.placed' }]);
    expect(JSON.parse(world.letters[0]?.message ?? '')).toMatchObject({ eventId: 'evt_1-1', source: 'shop' });
  });

  it('keeps its data as it is, also where that looks like one of ours', () => {
    const data = { aggregateId: 'task_1', eventType: 'TaskCompleted', eventData: {}, version: 9 };
    const [event] = eventsOf(publishedCommit('evt_1', 'order.placed', data));
    expect(event).toMatchObject({ eventType: 'order.placed', source: 'shop', data });
  });
});

describe('the events of a commit', () => {
  it('of ours are those that folds take', () => {
    expect(eventsOf(ours)).toEqual(storedEvents(ours));
  });

  it('have positions that sort as they stand', () => {
    const all = eventsOf(commitOf('task_1', 7, ...Array(12).fill('x')));
    const positions = all.map(({ position }) => position);
    expect(positions).toEqual([...positions].sort());
    expect(positions[11]).toBe(`${commitOf('task_1', 7, 'x').position}_011`);
  });
});

describe('the metric of what was published', () => {
  it('counts users’ events together: what they are called is not told', async () => {
    const commits = [publishedCommit('evt_1', 'secret.one'), ours, publishedCommit('evt_2', 'secret.two')];
    const batch: DynamoDBStreamEvent = { Records: commits.map((commit, index) => recordOf(commit, 100 + index)) };
    const run = async () => [];
    const deadLetter = () => Promise.reject(new Error('None of them is unreadable.'));
    await streamPipeline({ subscriptionId: 'publisher', deadLetter, run })(batch, {} as Context);
    const counts = logs.metrics().filter((entry) => 'PublishedEvents' in entry);
    expect(counts.map(({ eventType, PublishedEvents: count }) => [eventType, count])).toEqual([
      ['user', 2],
      ['Noted', 2],
    ]);
    expect(logs.text()).not.toContain('secret');
  });

  it('reads from its record whose event it is', async () => {
    const seen: (readonly Commit[])[] = [];
    const run = async (commits: readonly Commit[]) => {
      seen.push(commits);
      return [];
    };
    const deadLetter = () => Promise.reject(new Error('None of them is unreadable.'));
    const records = [publishedCommit('evt_1'), ours].map((commit, index) => recordOf(commit, index + 1));
    await streamPipeline({ subscriptionId: 'publisher', deadLetter, run })({ Records: records }, {} as Context);
    expect(seen[0]?.map(({ source }) => source)).toEqual(['shop', undefined]);
  });
});
