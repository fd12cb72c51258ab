import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Page } from '../../functions/contracts/api/list.ts';
import type { Task } from '../../functions/contracts/api/task.ts';
import { ApiClient, expectFaults } from '../support/cloud/api-client.ts';
import { cloud } from '../support/cloud/cloud.ts';
import { endedTask, listedTask, newCorrelationId, newTask } from '../support/cloud/task-flow.ts';

const api = new ApiClient(cloud.apiKey);

function list(query: Record<string, string | number>): Promise<Page<Task>> {
  const text = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return api.data<Page<Task>>(`/tasks?${text.join('&')}`);
}

async function idsOf(query: Record<string, string | number>): Promise<string[]> {
  return (await list(query)).items.map((task) => task.taskId);
}

describe('the list of tasks', () => {
  const mine = newCorrelationId();
  const other = newCorrelationId();
  /** A type that no other test has, and no agent takes. */
  const type = `type-${randomUUID()}`;
  /** In the order of their creation. */
  const ids: string[] = [];

  beforeAll(async () => {
    const wanted: [string, string][] = [
      [type, mine],
      ['simple_task', mine],
      [type, other],
      [type, mine],
      ['code_generation', mine],
      ['simple_task', other],
      [type, mine],
    ];
    // One after another, so that "newest first" is a known order.
    for (const [taskType, correlationId] of wanted) {
      const { taskId } = await newTask(api, { type: taskType, description: 'For a list' }, correlationId);
      ids.push(taskId);
    }
    const ended = await Promise.all(ids.map((taskId) => endedTask(api, taskId)));
    for (const [index, { error }] of ended.entries()) {
      expect(error).toEqual(wanted[index]?.[0] === type ? expect.objectContaining({ code: 'NO_AGENT' }) : null);
    }
    await Promise.all(ended.map((task) => listedTask(api, task)));
  });

  const at = (...places: number[]): (string | undefined)[] => places.map((place) => ids[place]);

  it('gives the tasks of a correlation id, newest first', async () => {
    expect(await idsOf({ correlationId: mine })).toEqual(at(6, 4, 3, 1, 0));
    expect(await idsOf({ correlationId: other })).toEqual(at(5, 2));
    expect(await idsOf({ correlationId: newCorrelationId() })).toEqual([]);
  });

  it('gives the tasks of a type, newest first', async () => {
    expect(await idsOf({ type })).toEqual(at(6, 3, 2, 0));
  });

  it('gives only tasks of a status or an agent, the newest of all callers first', async () => {
    for (const [name, value] of [
      ['status', 'failed'],
      ['status', 'completed'],
      ['agent', 'scaffold'],
    ] as const) {
      const { items } = await list({ [name]: value, limit: 100 });
      expect(items.map((task) => (name === 'status' ? task.status : task.assignedAgent))).toEqual(
        items.map(() => value),
      );
      const own = value === 'failed' ? at(6, 3, 2, 0) : at(5, 4, 1);
      expect(items.map((task) => task.taskId).filter((id) => ids.includes(id))).toEqual(own);
      expect(items.map((task) => task.createdAt)).toEqual(
        items
          .map((task) => task.createdAt)
          .sort()
          .reverse(),
      );
    }
  });

  it.each([
    { query: { correlationId: mine, status: 'completed' }, places: [4, 1] },
    { query: { correlationId: mine, status: 'pending' }, places: [] },
    { query: { correlationId: mine, agent: 'scaffold' }, places: [4, 1] },
    { query: { correlationId: mine, agent: 'nobody' }, places: [] },
    { query: { correlationId: mine, type }, places: [6, 3, 0] },
    { query: { correlationId: other, type: 'simple_task', status: 'completed', agent: 'scaffold' }, places: [5] },
    { query: { correlationId: other, type: 'simple_task', status: 'failed' }, places: [] },
    { query: { type, status: 'failed' }, places: [6, 3, 2, 0] },
  ])('gives only what meets every filter: $query.status $query.agent $query.type', async ({ query, places }) => {
    expect(await idsOf(query)).toEqual(at(...places));
  });

  it.each([1, 2, 3, 5])(
    'pages by %i through every task once, in order, and then says that there is no more',
    async (limit) => {
      const seen: string[] = [];
      let cursor: string | null = null;
      let pages = 0;
      do {
        const page: Page<Task> = await list({ correlationId: mine, limit, ...(cursor === null ? {} : { cursor }) });
        expect(page.items.length).toBeLessThanOrEqual(limit);
        seen.push(...page.items.map((task) => task.taskId));
        cursor = page.nextCursor;
        pages += 1;
      } while (cursor !== null && pages < 10);
      expect(cursor).toBeNull();
      expect(seen).toEqual(at(6, 4, 3, 1, 0));
      expect(pages).toBe(Math.ceil(5 / limit));
    },
  );

  it('fills a page from behind what a filter leaves out', async () => {
    const query = { correlationId: mine, type: 'simple_task', limit: 1 };
    expect(await list(query)).toStrictEqual({ items: [expect.objectContaining({ taskId: ids[1] })], nextCursor: null });
  });

  it('refuses a cursor that another list gave', async () => {
    const { nextCursor } = await list({ correlationId: mine, limit: 1 });
    expect(nextCursor).not.toBeNull();
    for (const query of [`correlationId=${other}`, `type=${type}`, 'limit=1']) {
      expectFaults(await api.call(`/tasks?${query}&cursor=${nextCursor}`), ['cursor']);
    }
  });

  it.each([
    ['limit=0', ['limit']],
    ['limit=101', ['limit']],
    ['limit=abc', ['limit']],
    ['limit=1.5', ['limit']],
    ['limit=-1', ['limit']],
    ['limit=', ['limit']],
    ['cursor=abc', ['cursor']],
    ['cursor=', ['cursor']],
    ['cursor=WyJhIiwiYiIsImMiXQ', ['cursor']],
    ['status=done', ['status']],
    ['status=', ['status']],
    ['type=a%20type', ['type']],
    ['agent=', ['agent']],
    ['colour=blue', ['colour']],
    ['limit=0&status=done&colour=blue', ['colour', 'limit', 'status']],
  ])('refuses ?%s, naming each fault', async (query, paths) => {
    expectFaults(await api.call(`/tasks?${query}`), paths);
  });
});
