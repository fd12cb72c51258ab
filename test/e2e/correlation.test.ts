import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Task } from '../../functions/contracts/api/task.ts';
import { sagaIdOf, workIdOf } from '../../functions/contracts/task-ids.ts';
import { waitFor } from '../../local/process/waiting.ts';
import type { Reply } from '../support/cloud/api-client.ts';
import { ApiClient, dataOf, jsonOf } from '../support/cloud/api-client.ts';
import { cloud, commitsOfAggregate } from '../support/cloud/cloud.ts';
import { functionsThatTell } from '../support/cloud/function-logs.ts';
import { endedTask, historyOf, newCorrelationId, newTask } from '../support/cloud/task-flow.ts';

const api = new ApiClient(cloud.apiKey);
const submission = { type: 'nobodys.type', description: 'Follow it' };
/** Every function that a task of the built-in agent passes. */
const WAY = [
  ...['AgentService', 'AgentsProjection', 'Publisher', 'ScaffoldAgent', 'StorageService', 'TaskCountsProjection'],
  ...['TaskFollower', 'TaskSagaStarter', 'TasksApi', 'TasksProjection', 'WorkSteps'],
];
const WELL_FORMED = /^[A-Za-z0-9._-]{1,128}$/;

function correlationOf(reply: Reply): string | null {
  return reply.headers.get('x-correlation-id');
}

describe.concurrent('a correlation id', () => {
  it.each([newCorrelationId(), `A.z_0-${randomUUID()}`, randomUUID().padEnd(128, 'x')])(
    'goes from the caller into the answer, the task and its events: %s',
    async (given) => {
      const reply = await api.post('/tasks', submission, { 'X-Correlation-ID': given });
      const { taskId, correlationId } = dataOf<Task>(reply);
      expect([correlationOf(reply), correlationId]).toEqual([given, given]);
      const [created] = await historyOf(api, taskId);
      expect(created?.metadata).toMatchObject({ correlationId: given, causationId: reply.headers.get('x-request-id') });
    },
  );

  it.each(['two words', 'a,b', 'é', '<script>', '', 'x'.repeat(129)])(
    'is replaced where it is malformed: "%s"',
    async (given) => {
      const reply = await api.post('/tasks', submission, { 'x-correlation-id': given });
      const { correlationId } = dataOf<Task>(reply);
      expect(correlationId).toMatch(WELL_FORMED);
      expect(correlationId).not.toBe(given);
      expect(correlationOf(reply)).toBe(correlationId);
    },
  );

  it('is made where the caller gives none, a new one each time', async () => {
    const replies = await Promise.all([api.post('/tasks', submission), api.post('/tasks', submission)]);
    const made = replies.map((reply) => dataOf<Task>(reply).correlationId);
    expect(made.map((id) => WELL_FORMED.test(id))).toEqual([true, true]);
    expect(new Set(made).size).toBe(2);
  });

  it('is echoed by every kind of answer of our own', async () => {
    const headers = { 'x-correlation-id': newCorrelationId() };
    const replies = await Promise.all([
      api.call('/tasks?limit=1', { headers }),
      api.call('/tasks?limit=0', { headers }),
      api.call('/tasks/nope', { headers }),
      api.call('/nothing', { headers }),
      api.call('/openapi.json', { headers }),
      api.post('/tasks', {}, headers),
    ]);
    expect(replies.map((reply) => reply.status)).toEqual([200, 400, 400, 404, 200, 400]);
    expect(replies.map(correlationOf)).toEqual(replies.map(() => headers['x-correlation-id']));
  });
});

describe('the way of a task', () => {
  it('is found whole by its correlation id: in the logs of every function that it passes, and in its events', async () => {
    const correlationId = newCorrelationId();
    const { taskId } = await newTask(api, { type: 'simple_task', description: 'Follow it through' }, correlationId);
    await endedTask(api, taskId);
    // The list lags the task by a moment, and logs their functions.
    const look = async () => {
      const told = await functionsThatTell(correlationId);
      return WAY.every((fn) => told.includes(fn)) || undefined;
    };
    await waitFor(look, { everyMs: 500, limitMs: 20_000 });
    expect(await functionsThatTell(correlationId)).toEqual(WAY);
    const histories = [taskId, sagaIdOf(taskId), workIdOf(taskId)].map(commitsOfAggregate);
    const commits = (await Promise.all(histories)).flat();
    expect(new Set(commits.map(({ metadata }) => metadata.correlationId))).toEqual(new Set([correlationId]));
  });
});

describe('a request id', () => {
  it('is the same in the envelope and the header, and another for each request', async () => {
    const replies = [await api.call('/health'), await api.call('/health'), await api.call('/nothing')];
    const ids = replies.map((reply) => (jsonOf(reply) as { id: string }).id);
    expect(replies.map((reply) => reply.headers.get('x-request-id'))).toEqual(ids);
    expect(new Set(ids).size).toBe(3);
  });
});
