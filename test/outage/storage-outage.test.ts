import { afterAll, expect, it } from 'vitest';
import { sagaIdOf } from '../../functions/contracts/task-ids.ts';
import { ApiClient } from '../support/cloud/api-client.ts';
import { setBreaker, untilBreaker } from '../support/cloud/breaker.ts';
import { cloud, historyOfAggregate } from '../support/cloud/cloud.ts';
import { noIam } from '../support/cloud/endpoint-facts.ts';
import { withoutGrant } from '../support/cloud/role-policies.ts';
import { endedTask, newCorrelationId, newTask } from '../support/cloud/task-flow.ts';
import { skipAloud } from '../support/skip-aloud.ts';

const api = new ApiClient(cloud.apiKey);
const ungoverned = await noIam();
const SERVICE = 'storage-service';

afterAll(() => setBreaker(api, SERVICE, 'closed'));

it('keeps a finished task until its files can be stored: the breaker opens after three failures, and nothing is lost', async (context) => {
  skipAloud(context, ungoverned);
  const grant = { role: 'StorageServiceRole', action: 's3:PutObject' };
  const { taskId } = await withoutGrant(grant, async () => {
    const task = await newTask(api, { type: 'simple_task', description: 'Keep it' }, newCorrelationId());
    const opened = await untilBreaker(api, SERVICE, ({ state }) => state === 'open', 60_000);
    expect(opened).toMatchObject({ failures: 3, config: { failureThreshold: 3, timeout: 120_000 } });
    return task;
  });
  const story = (await historyOfAggregate(sagaIdOf(taskId))).map(({ type }) => type);
  expect(story).not.toContain('SagaStepFailed');
  expect(await api.data(`/tasks/${taskId}`)).toMatchObject({ status: 'assigned', result: null });

  await setBreaker(api, SERVICE, 'closed');
  const ended = await endedTask(api, taskId);
  expect(ended).toMatchObject({ status: 'completed', error: null });
  expect(ended.result?.files.length).toBeGreaterThan(0);
});
