import { describe, expect, it } from 'vitest';
import { StoredEvent } from '../../../../functions/contracts/event.ts';
import { taskEvents } from '../../../../functions/contracts/events/task-events.ts';
import type { Commit } from '../../../../functions/shared/platform/log/event-log.ts';
import { commitBehind } from '../../../../functions/shared/platform/log/event-log.ts';
import { history, storedEvents } from '../../../../functions/shared/platform/log/stored-event.ts';
import { sampleEvent, TASK_ID } from '../../../support/tasks/task-samples.ts';

const AT = '2026-08-19T10:11:12.345Z';
const metadata = { correlationId: 'corr_1', causationId: 'req_1', userId: 'key_1', traceId: '1-a-b' };
const commit = (size = 1, version = 0): Commit =>
  commitBehind(
    { aggregateId: TASK_ID, version, commits: [] },
    {
      commitId: 'cmd_1',
      committedAt: AT,
      events: Array.from({ length: size }, () => sampleEvent.TaskAssigned),
      metadata,
    },
  );

describe('a stored event', () => {
  it('carries the domain event and its metadata under one and the same id', () => {
    const [, event] = storedEvents(commit(2, 4));
    expect(event).toEqual({
      eventId: `${TASK_ID}-6`,
      eventType: 'domain.TaskAssigned',
      source: 'domain',
      data: {
        aggregateId: TASK_ID,
        eventType: 'TaskAssigned',
        eventData: { agent: 'scaffold' },
        version: 6,
        timestamp: AT,
        eventId: `${TASK_ID}-6`,
      },
      metadata: { ...metadata, timestamp: AT, version: '6', eventId: `${TASK_ID}-6`, schemaVersion: '1.0' },
      position: expect.any(String),
    });
  });

  it('keeps its published contract', () => {
    const outcomes = storedEvents(commit(3)).map((event) => StoredEvent.strict().safeParse(event).error?.issues);
    expect(outcomes).toEqual([undefined, undefined, undefined]);
  });

  it('leaves out what its commit does not know', () => {
    const bare = { ...commit(), metadata: { correlationId: 'corr_1', traceId: '1-a-b' } };
    expect(Object.keys(storedEvents(bare)[0]?.metadata ?? {}).sort()).toEqual([
      'correlationId',
      'eventId',
      'schemaVersion',
      'timestamp',
      'traceId',
      'version',
    ]);
  });

  it('has a position that sorts by version within its commit, also beyond ten', () => {
    const positions = storedEvents(commit(120)).map((event) => event.position);
    expect([...positions].reverse().sort()).toEqual(positions);
    expect(new Set(positions).size).toBe(120);
  });
});

describe('a history', () => {
  it('is what folds take: the events in order, each with what the log knows of it', () => {
    const events = history(taskEvents, { commits: [commit(2), commit(1, 2)] });
    expect(events.map((event) => event.version)).toEqual([1, 2, 3]);
    expect(events[2]).toEqual({
      ...sampleEvent.TaskAssigned,
      eventId: `${TASK_ID}-3`,
      aggregateId: TASK_ID,
      version: 3,
      timestamp: AT,
      correlationId: 'corr_1',
    });
  });

  it('stops at an event that nobody knows: it is never skipped', () => {
    const odd = { ...commit(), events: [sampleEvent.TaskCreated, { type: 'TaskEaten', data: {} }] };
    expect(() => history(taskEvents, { commits: [odd] })).toThrow('No aggregate knows the event TaskEaten.');
  });
});
