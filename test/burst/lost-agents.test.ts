import { expect, it } from 'vitest';
import { ApiClient } from '../support/cloud/api-client.ts';
import { cloud } from '../support/cloud/cloud.ts';
import { endedTask, historyOf, newCorrelationId, newTask } from '../support/cloud/task-flow.ts';
import { ownType, Worker } from '../support/cloud/worker.ts';
import { isDrill } from '../support/seeds.ts';
import { skipAloud } from '../support/skip-aloud.ts';

const LEASES = 3;
const MINUTE_MS = 60_000;

/** A lease runs out after a minute, so this takes more than three. */
it('a task over which three agents in a row are lost fails with AGENT_LOST', {
  timeout: (LEASES + 3) * MINUTE_MS,
}, async (context) => {
  skipAloud(context, isDrill ? undefined : 'it takes minutes: npm run test:drills');
  const api = new ApiClient(cloud.apiKey);
  const type = ownType('deadly');
  const { taskId } = await newTask(api, { type, description: 'Kills its agents' }, newCorrelationId());
  const workers: Worker[] = [];
  for (let lost = 0; lost < LEASES; lost += 1) {
    const worker = await Worker.register([type]);
    await worker.claim(2 * MINUTE_MS);
    workers.push(worker);
  }
  // Nobody asks for work any more: the sweep of each minute ends the last lease.
  const ended = await endedTask(api, taskId, 3 * MINUTE_MS);
  expect(ended).toMatchObject({ status: 'failed', error: { code: 'AGENT_LOST' } });
  const events = await historyOf(api, taskId);
  const types = events.map(({ data }) => data.eventType);
  expect(types.filter((one) => one === 'TaskAssigned')).toHaveLength(LEASES);
  expect(types.filter((one) => one === 'TaskReleased')).toHaveLength(LEASES - 1);
  expect(ended.assignedAgent).toBe(workers.at(-1)?.agent.agentId);
});
