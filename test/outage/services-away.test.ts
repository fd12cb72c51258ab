import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Breaker } from '../../functions/contracts/api/service.ts';
import type { Task } from '../../functions/contracts/api/task.ts';
import { sagaIdOf } from '../../functions/contracts/task-ids.ts';
import { waitFor } from '../../local/process/waiting.ts';
import { ApiClient, dataOf, jsonOf } from '../support/cloud/api-client.ts';
import { breakerOf, healthOf, setBreaker, untilBreaker } from '../support/cloud/breaker.ts';
import { cloud, commitsOf, historyOfAggregate } from '../support/cloud/cloud.ts';
import { noIam } from '../support/cloud/endpoint-facts.ts';
import { withoutGrant } from '../support/cloud/role-policies.ts';
import { endedTask, newCorrelationId, newTask } from '../support/cloud/task-flow.ts';
import { skipAloud } from '../support/skip-aloud.ts';

const api = new ApiClient(cloud.apiKey);
const ungoverned = await noIam();
const SERVICE = 'agent-service';
const INVALID_TASK = { type: 'invalid_task', description: 'This should fail' };
const SIMPLE_TASK = { type: 'simple_task', description: 'This should work after recovery' };
/** Twice the time that the breaker stays open. */
const RECOVERY_MS = 60_000;

/** A submission is refused, and nothing of it is left. */
async function expectRefused(): Promise<void> {
  const correlationId = newCorrelationId();
  const reply = await api.post('/tasks', INVALID_TASK, { 'x-correlation-id': correlationId });
  const { error } = jsonOf(reply) as { error: { code: string; message: string } };
  expect([reply.status, error.code]).toEqual([503, 'SERVICE_UNAVAILABLE']);
  expect(error.message).toContain(SERVICE);
  expect(await commitsOf(correlationId)).toBe(0);
  expect(await api.data(`/tasks?correlationId=${correlationId}`)).toEqual({ items: [], nextCursor: null });
}

async function expectTaken(): Promise<void> {
  const { taskId } = await newTask(api, SIMPLE_TASK, newCorrelationId());
  expect(taskId).toBeDefined();
  expect(await endedTask(api, taskId)).toMatchObject({ status: 'completed' });
}

/** The seed's IntegrationTestSuite.testErrorPropagation. */
describe('testErrorPropagation, with the breaker opened by hand', () => {
  afterAll(() => setBreaker(api, SERVICE, 'closed'));

  it('refuses a task while its agents are unavailable, and takes one once they are restored', async () => {
    expect(await setBreaker(api, SERVICE, 'open')).toMatchObject({ state: 'open' });
    expect(await breakerOf(api, SERVICE)).not.toHaveProperty('retryAt');
    await expectRefused();
    expect(await healthOf(api, SERVICE)).toMatchObject({ status: 'unhealthy', circuitBreakerState: 'open' });

    expect(await setBreaker(api, SERVICE, 'closed')).toMatchObject({ state: 'closed' });
    await expectTaken();
    expect(await healthOf(api, SERVICE)).toMatchObject({ status: 'healthy', circuitBreakerState: 'closed' });
  });
});

describe('testErrorPropagation, with an agent-service that really fails', () => {
  const during: Task[] = [];
  const grant = { role: 'AgentServiceRole', action: 'dynamodb:PutItem', resource: /Agents/ };
  let openings = 0;

  beforeAll(async () => {
    openings = (await breakerOf(api, SERVICE)).transitions.filter(({ to }) => to === 'open').length;
  });
  afterAll(() => setBreaker(api, SERVICE, 'closed'));

  it('opens after its ten failures, refuses tasks, and lets them through again without anybody', async (context) => {
    skipAloud(context, ungoverned);
    const opened = await withoutGrant(grant, async () => {
      expect(await healthOf(api, SERVICE)).toMatchObject({ status: 'unhealthy', circuitBreakerState: 'closed' });
      // Tasks keep coming, so that ten calls fail within the ten seconds that count, however slow the machine is.
      const failing = async () => {
        const reply = await api.post('/tasks', SIMPLE_TASK);
        if (reply.status === 201) during.push(dataOf<Task>(reply));
        const breaker = await breakerOf(api, SERVICE);
        return breaker.state === 'open' ? breaker : undefined;
      };
      const breaker = (await waitFor(failing, { everyMs: 500, limitMs: RECOVERY_MS })) as Breaker;
      await new Promise((resolve) => setTimeout(resolve, 2000));
      await expectRefused();
      return breaker;
    });
    expect(opened).toMatchObject({ failures: 10, config: { failureThreshold: 10, timeout: 30_000 } });
    expect(opened.transitions[0]).toMatchObject({
      from: 'closed',
      to: 'open',
      reason: expect.stringMatching(/^10 calls/),
    });
    expect(Date.parse(opened.retryAt ?? '') - Date.parse(opened.openedAt ?? '')).toBe(30_000);
    expect(opened.transitions.filter(({ to }) => to === 'open')).toHaveLength(openings + 1);

    const taken = await waitFor(
      async () => {
        const reply = await api.post('/tasks', SIMPLE_TASK);
        return reply.status === 201 ? dataOf<Task>(reply) : undefined;
      },
      { everyMs: 1000, limitMs: RECOVERY_MS },
    );
    expect(await endedTask(api, taken?.taskId ?? '')).toMatchObject({ status: 'completed' });
    const closed = await untilBreaker(api, SERVICE, ({ state }) => state === 'closed', RECOVERY_MS);
    expect(closed.transitions.slice(0, 2).map(({ from, to }) => [from, to])).toEqual([
      ['half-open', 'closed'],
      ['open', 'half-open'],
    ]);
  });

  it('leaves no task behind that was taken before: each has ended, done or with its reason', async (context) => {
    skipAloud(context, ungoverned);
    expect(during.length).toBeGreaterThan(1);
    for (const ended of await Promise.all(during.map(({ taskId }) => endedTask(api, taskId)))) {
      const reason = ended.error?.code ?? null;
      expect([ended.status, reason]).toBeOneOf([
        ['completed', null],
        ['failed', 'INTERNAL_ERROR'],
        ['failed', 'NO_AGENT'],
        ['failed', 'SERVICE_UNAVAILABLE'],
        ['failed', 'TIMEOUT'],
      ]);
    }
  });
});

const STORAGE = 'storage-service';

describe('a storage-service that cannot store', () => {
  afterAll(() => setBreaker(api, STORAGE, 'closed'));

  it('keeps a finished task until its files can be stored: the breaker opens after three failures, and nothing is lost', async (context) => {
    skipAloud(context, ungoverned);
    const grant = { role: 'StorageServiceRole', action: 's3:PutObject' };
    const { taskId } = await withoutGrant(grant, async () => {
      const task = await newTask(api, { type: 'simple_task', description: 'Keep it' }, newCorrelationId());
      const opened = await untilBreaker(api, STORAGE, ({ state }) => state === 'open', 60_000);
      expect(opened).toMatchObject({ failures: 3, config: { failureThreshold: 3, timeout: 120_000 } });
      return task;
    });
    const story = (await historyOfAggregate(sagaIdOf(taskId))).map(({ type }) => type);
    expect(story).not.toContain('SagaStepFailed');
    expect(await api.data(`/tasks/${taskId}`)).toMatchObject({ status: 'assigned', result: null });

    await setBreaker(api, STORAGE, 'closed');
    const ended = await endedTask(api, taskId);
    expect(ended).toMatchObject({ status: 'completed', error: null });
    expect(ended.result?.files.length).toBeGreaterThan(0);
  });
});
