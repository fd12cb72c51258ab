import { expect, it } from 'vitest';
import type { Page } from '../../functions/contracts/api/list.ts';
import type { Task } from '../../functions/contracts/api/task.ts';
import { waitFor } from '../../local/process/waiting.ts';
import { ApiClient } from '../support/cloud/api-client.ts';
import { cloud } from '../support/cloud/cloud.ts';
import { historyOf, newCorrelationId, newTask } from '../support/cloud/task-flow.ts';

const TASKS = 50;
/** Each of them starts Lambda processes of its own on a cold emulator. */
const LIMIT_MS = 150_000;

it(`does ${TASKS} tasks that come at once, each with a history of its own`, {
  timeout: LIMIT_MS + 60_000,
}, async () => {
  const api = new ApiClient(cloud.apiKey);
  const correlationId = newCorrelationId();
  // The authorizer's answer is kept for a minute; without it, every one of the calls below would start one more process.
  await api.call('/tasks?limit=1');
  const numbers = Array.from({ length: TASKS }, (_, index) => index);
  const created = await Promise.all(
    numbers.map((number) => newTask(api, { type: 'simple_task', description: `Number ${number}` }, correlationId)),
  );
  const listed = (query: string) => api.data<Page<Task>>(`/tasks?correlationId=${correlationId}${query}`);

  const allDone = async () => {
    const { items } = await listed('&status=completed&limit=100');
    return items.length === TASKS ? items : undefined;
  };
  const done = await waitFor(allDone, { everyMs: 500, limitMs: LIMIT_MS });
  const others = done ? [] : (await listed('&limit=100')).items.filter(({ status }) => status !== 'completed');
  expect(others, `${TASKS} tasks completed within ${LIMIT_MS / 1000} s`).toEqual([]);
  expect(new Set(done?.map((task) => task.taskId))).toEqual(new Set(created.map((task) => task.taskId)));
  expect(done?.map((task) => task.description).sort()).toEqual(created.map((task) => task.description).sort());

  const histories = await Promise.all(created.map(({ taskId }) => historyOf(api, taskId)));
  expect(
    histories.map((events) => events.map(({ eventType, data }) => [eventType, data.aggregateId, data.version])),
  ).toEqual(
    created.map(({ taskId }) => [
      ['domain.TaskCreated', taskId, 1],
      ['domain.TaskAssigned', taskId, 2],
      ['domain.TaskCompleted', taskId, 3],
    ]),
  );

  const firstPage = await listed('');
  expect(firstPage.items).toHaveLength(25);
  const secondPage = await listed(`&cursor=${firstPage.nextCursor}`);
  expect(secondPage).toMatchObject({ items: { length: 25 }, nextCursor: null });
  expect(await listed('&status=failed')).toStrictEqual({ items: [], nextCursor: null });
});
