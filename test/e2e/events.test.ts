import { describe, expect, it } from 'vitest';
import type { Page } from '../../functions/contracts/api/list.ts';
import type { AnyEvent } from '../../functions/contracts/event.ts';
import { waitFor } from '../../local/process/waiting.ts';
import { ApiClient, dataOf, expectFaults, expectRefusal } from '../support/cloud/api-client.ts';
import { cloud } from '../support/cloud/cloud.ts';
import { ownEventType, publish } from '../support/cloud/subscribers.ts';
import { endedTask, newCorrelationId, newTask } from '../support/cloud/task-flow.ts';

const api = new ApiClient(cloud.apiKey);

type Told = AnyEvent & { publication: { status: string; attempts: number; publishedAt?: string } };
const published = (eventId: string) =>
  waitFor(
    async () => {
      const event = await api.data<Told>(`/events/${eventId}`);
      return event.publication.status === 'published' ? event : undefined;
    },
    { everyMs: 100, limitMs: 30_000 },
  );

/** Walks the feed from a position until it has shown all of these, by the last position or by the cursor. */
async function walked(since: string, wanted: ReadonlySet<string>, by: 'since' | 'cursor'): Promise<AnyEvent[]> {
  const seen: AnyEvent[] = [];
  let query = `since=${encodeURIComponent(since)}`;
  const step = async () => {
    const page = await api.data<Page<AnyEvent>>(`/events?limit=7&${query}`);
    seen.push(...page.items);
    const last = page.items.at(-1)?.position;
    if (by === 'cursor' && page.nextCursor !== null) query = `cursor=${encodeURIComponent(page.nextCursor)}`;
    else if (last !== undefined) query = `since=${encodeURIComponent(last)}`;
    return [...wanted].every((id) => seen.some(({ eventId }) => eventId === id)) || undefined;
  };
  expect(await waitFor(step, { everyMs: 20, limitMs: 60_000 })).toBe(true);
  return seen;
}

describe.concurrent('an event of a user', () => {
  it('is enriched, kept and published, and is the same wherever it is read', async () => {
    const [eventType, correlationId] = [ownEventType('placed'), newCorrelationId()];
    const body = { eventType, source: 'shop', data: { order: 7 }, metadata: { causationId: 'cart-1', userId: 'ann' } };
    const event = dataOf<AnyEvent>(await api.create('/events', body, { 'x-correlation-id': correlationId }));
    expect(event).toStrictEqual({
      eventId: expect.stringMatching(/^evt_[0-9A-Z]{26}-1$/),
      ...{ eventType, source: 'shop', data: { order: 7 }, position: expect.any(String) },
      metadata: {
        ...{ timestamp: expect.any(String), correlationId, causationId: 'cart-1', version: '1', userId: 'ann' },
        ...{ eventId: event.eventId, traceId: expect.any(String), schemaVersion: '1.0' },
      },
    });
    const told = await published(event.eventId);
    const publication = { status: 'published', attempts: 1, publishedAt: expect.any(String) };
    expect(told).toStrictEqual({ ...event, publication });
  });

  it('is published once under an Idempotency-Key, and refused under it with other data', async () => {
    const eventType = ownEventType('once');
    const key = { 'idempotency-key': newCorrelationId() };
    const body = { eventType, source: 'shop', data: {} };
    const [first, second] = [await api.create('/events', body, key), await api.create('/events', body, key)];
    expect(dataOf(second)).toStrictEqual(dataOf(first));
    expectRefusal(await api.post('/events', { ...body, data: { more: 1 } }, key), 422, 'IDEMPOTENCY_MISMATCH');
  });

  it.each([
    ['a reserved type', { eventType: 'domain.TaskCreated' }, ['eventType']],
    ['a reserved source', { source: 'aws.ec2' }, ['source']],
    ['both', { eventType: 'maos.EventMatched', source: 'domain.tasks' }, ['eventType', 'source']],
    ['data that is no object', { data: 'text' }, ['data']],
    ['more than the bus takes', { data: { text: 'x'.repeat(250 * 1024 - 200) } }, ['data']],
    ['a field that nobody knows', { when: 'now' }, ['when']],
  ])('is refused with %s', async (_what, change, paths) => {
    const body = { eventType: 'order.placed', source: 'shop', data: {}, ...change };
    expectFaults(await api.post('/events', body), paths);
  });
});

describe.concurrent('the log as it is read along', () => {
  it('shows one aggregate oldest first, page by page', async () => {
    const { taskId } = await newTask(api, { type: 'simple_task', description: 'Told' }, newCorrelationId());
    await endedTask(api, taskId);
    const first = await api.data<Page<AnyEvent>>(`/events?aggregateId=${taskId}&limit=2`);
    const cursor = encodeURIComponent(first.nextCursor ?? '');
    const second = await api.data<Page<AnyEvent>>(`/events?aggregateId=${taskId}&limit=2&cursor=${cursor}`);
    const types = [...first.items, ...second.items].map(({ eventType }) => eventType);
    expect(types).toEqual(['domain.TaskCreated', 'domain.TaskAssigned', 'domain.TaskCompleted']);
    expect(second.nextCursor).toBeNull();
    expect((await published(`${taskId}-3`))?.eventType).toBe('domain.TaskCompleted');
  });

  it.each(['since', 'cursor'] as const)('shows everything behind a position, walked by %s', async (by) => {
    const eventType = ownEventType('walked');
    const start = await publish(api, eventType, { number: -1 });
    const events = await Promise.all(Array.from({ length: 30 }, (_, number) => publish(api, eventType, { number })));
    const seen = await walked(start.position, new Set(events.map(({ eventId }) => eventId)), by);
    expect(seen.some(({ eventId }) => eventId === start.eventId)).toBe(false);
    expect(seen.map(({ position }) => position)).toEqual(seen.map(({ position }) => position).toSorted());
  });

  it.each([
    ['/events?since=yesterday', ['since']],
    ['/events?cursor=abc', ['cursor']],
    ['/events?limit=0', ['limit']],
  ])('refuses %s', async (path, paths) => {
    expectFaults(await api.call(path), paths);
  });

  it.each(['nothing', 'task_01J00000000000000000000000-1', 'a-0', 'a-1e3'])('knows no event %s', async (id) => {
    expectRefusal(await api.call(`/events/${id}`), 404, 'NOT_FOUND');
  });
});
