import { describe, expect, it } from 'vitest';
import type { Task } from '../../functions/contracts/api/task.ts';
import { waitFor } from '../../local/process/waiting.ts';
import { ApiClient, dataOf, expectFaults } from '../support/cloud/api-client.ts';
import type { Receiver } from '../support/cloud/callbacks.ts';
import { secretOf, sharedServers, verified } from '../support/cloud/callbacks.ts';
import { cloud, commitsOf } from '../support/cloud/cloud.ts';
import { endedTask, historyOf, newCorrelationId, newTask } from '../support/cloud/task-flow.ts';
import { ownType } from '../support/cloud/worker.ts';
import { answer, reset } from '../support/outgoing/fault-server.ts';

const api = new ApiClient(cloud.apiKey);
const servers = sharedServers(api);

async function heard(hook: Receiver, count: number) {
  await waitFor(() => hook.taken.length >= count || undefined, { everyMs: 50, limitMs: 60_000 });
  const secret = await secretOf(api);
  return hook.taken.map((one) => verified(secret, one));
}

describe.concurrent('a task with a callback address', () => {
  it('tells of every change of its status, in order, with its result and its correlation', async () => {
    const [hook, correlationId] = [await servers.receiver(), newCorrelationId()];
    const submitted = { type: 'simple_task', description: 'Tell me', callbackUrl: hook.url };
    const task = await newTask(api, submitted, correlationId);
    expect(task).not.toHaveProperty('callbackUrl');
    const { taskId } = task;
    const { result } = await endedTask(api, taskId);
    expect(await heard(hook, 2)).toStrictEqual([
      { taskId, status: 'assigned', timestamp: expect.any(String) },
      { taskId, status: 'completed', timestamp: expect.any(String), result },
    ]);
    expect(hook.taken.map(({ headers }) => headers['x-correlation-id'])).toEqual([correlationId, correlationId]);
    expect(JSON.stringify(await historyOf(api, taskId))).not.toContain(hook.origin);
  });

  it('tells a receiver that was down everything once it is back, in order', async () => {
    const hook = await servers.receiver(reset);
    const submitted = { type: 'simple_task', description: 'Tell me later', callbackUrl: hook.url };
    const { taskId } = await newTask(api, submitted, newCorrelationId());
    await endedTask(api, taskId);
    hook.behave(answer(200));
    expect((await heard(hook, 2)).map(({ status }) => status)).toEqual(['assigned', 'completed']);
  });

  it('tells of a cancellation, and its second try tells the same address', async () => {
    const hook = await servers.receiver();
    const type = ownType('nobodys');
    const { taskId } = await newTask(
      api,
      { type, description: 'Cancelled', callbackUrl: hook.url },
      newCorrelationId(),
    );
    await api.post(`/tasks/${taskId}/cancel`, { reason: 'Enough.' });
    await endedTask(api, taskId);
    const error = { code: 'CANCELLED', message: 'Enough.' };
    expect(await heard(hook, 1)).toMatchObject([{ taskId, status: 'cancelled', error }]);
    const again = dataOf<Task>(await api.create(`/tasks/${taskId}/retry`, {}));
    await api.post(`/tasks/${again.taskId}/cancel`, {});
    expect((await heard(hook, 2))[1]).toMatchObject({ taskId: again.taskId, status: 'cancelled' });
  });

  it('is refused where the address may not be called, and nothing is written', async () => {
    const correlationId = newCorrelationId();
    const body = { type: 'simple_task', description: 'x', callbackUrl: 'http://169.254.169.254/' };
    expectFaults(await api.post('/tasks', body, { 'x-correlation-id': correlationId }), ['callbackUrl']);
    expect(await commitsOf(correlationId)).toBe(0);
  });
});
