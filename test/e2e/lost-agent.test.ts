import { expect, it } from 'vitest';
import { ApiClient, expectRefusal } from '../support/cloud/api-client.ts';
import { cloud } from '../support/cloud/cloud.ts';
import { endedTask, historyOf, newCorrelationId, newTask, untilTask } from '../support/cloud/task-flow.ts';
import { ownType, sha256, Worker } from '../support/cloud/worker.ts';

const api = new ApiClient(cloud.apiKey);

/** A lease lasts a minute without a heartbeat. */
const LIMIT_MS = 90_000;

it('a task whose worker was killed is taken over by a second one, and the first can do no harm any more', {
  timeout: LIMIT_MS + 60_000,
}, async () => {
  const type = ownType('lost');
  const [lost, second] = [await Worker.register([type]), await Worker.register([type])];
  const { taskId } = await newTask(api, { type, description: 'To be taken over' }, newCorrelationId());
  const first = await lost.claim();
  await lost.upload(first, 'work.txt', 'half of it');
  await untilTask(api, taskId, ({ status }) => status === 'assigned');
  expect((await second.askForWork()).status, 'nothing to take while the lease is good').toBe(204);

  const lease = await second.claim(LIMIT_MS);
  expect(lease.task.taskId).toBe(taskId);
  expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(first.expiresAt));
  await untilTask(api, taskId, ({ assignedAgent }) => assignedAgent === second.agent.agentId);

  expectRefusal(await lost.heartbeat(first), 409, 'CONFLICT');
  expectRefusal(await lost.upload(first, 'work.txt', 'the rest of it'), 409, 'CONFLICT');
  const half = [{ path: 'work.txt', sha256: sha256('half of it') }];
  expectRefusal(await lost.complete(first, half), 409, 'CONFLICT');
  expectRefusal(await lost.fail(first, { code: 'LATE', message: 'Too late.' }), 409, 'CONFLICT');

  expect((await second.complete(lease, half)).status, "the first one's upload does not count").toBe(400);
  await second.upload(lease, 'work.txt', 'all of it');
  expect((await second.complete(lease, [{ path: 'work.txt', sha256: sha256('all of it') }])).status).toBe(200);
  expect(await endedTask(api, taskId)).toMatchObject({ status: 'completed', assignedAgent: second.agent.agentId });
  expect((await api.bytes(`/tasks/${taskId}/files/work.txt`)).bytes.toString()).toBe('all of it');
  const events = await historyOf(api, taskId);
  expect(events.map(({ data }) => data.eventType)).toEqual([
    ...['TaskCreated', 'TaskAssigned', 'TaskReleased'],
    ...['TaskAssigned', 'TaskCompleted'],
  ]);
  expect(events[2]?.data.eventData).toMatchObject({ agent: lost.agent.agentId, error: { code: 'AGENT_LOST' } });
});
