import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import type { Page } from '../../functions/contracts/api/list.ts';
import type { FailedProjectionEvent } from '../../functions/contracts/api/projection.ts';
import type { WorkEvent } from '../../functions/contracts/events/work-events.v1.ts';
import { METRICS } from '../../functions/contracts/metrics.ts';
import { agentReadModel } from '../../functions/contracts/views/agent.model.ts';
import { newId } from '../../functions/shared/platform/ids.ts';
import { dynamoReadModels } from '../../functions/shared/platform/read-models/dynamo-read-models.ts';
import { readState } from '../../functions/shared/platform/read-models/projections-table.ts';
import { waitFor } from '../../local/process/waiting.ts';
import { ApiClient } from '../support/cloud/api-client.ts';
import { cloud, commitsOfAggregate, output } from '../support/cloud/cloud.ts';
import { functionsThatTell } from '../support/cloud/function-logs.ts';
import { append, documents, projectionOf, untilProjection } from '../support/cloud/projection-flow.ts';

const api = new ApiClient(cloud.apiKey);
const order = (what: string) => api.call(`/projections/agents/${what}`, { method: 'POST' });
const failedEvents = () => api.data<Page<FailedProjectionEvent>>('/projections/agents/failed-events?limit=100');

/** Works that only their projection hears of. */
const newWork = () => newId('task').replace('task_', 'work_');
const offered: WorkEvent = { type: 'WorkOffered', data: { taskId: 't', sagaId: 's', taskType: 'none', priority: 5 } };
const done = (agentId: string): WorkEvent => ({
  type: 'WorkDone',
  data: { leaseId: 'lease_1', agentId, summary: '', files: [] },
});

async function rows() {
  const { state } = await readState({ client: documents, table: output('ProjectionsTable') }, 'agents');
  const { generation } = state;
  return dynamoReadModels(documents, output('ReadModelsTable'), { ...agentReadModel, generation });
}

const completedBy = async (agentId: string) => (await (await rows()).counts([agentId]))[agentId]?.completed;

/** What mends code does, done to the data: the event that nobody knows becomes one that is known. */
async function mend(workId: string): Promise<void> {
  const [written] = await commitsOfAggregate(workId);
  const { events: wrong, ...commit } = written as NonNullable<typeof written>;
  const events = wrong.with(0, offered).map(({ type, data }) => ({ type, data: JSON.stringify(data) }));
  const TableName = output('EventLogTable');
  await documents.send(new PutCommand({ TableName, Item: { ...commit, events, shard: 'shard-0' } }));
}

describe('a projection', () => {
  it('whose code throws at 10 events keeps them, and goes on; at one more it is paused, and rings', async () => {
    const agentId = newId('agent');
    const poisoned = Array.from({ length: 11 }, newWork);
    const [last = '', ...first] = poisoned;
    const before = await projectionOf(api, 'agents');
    expect(before).toMatchObject({ status: 'running', failedEvents: 0 });
    for (const id of first) await append(id, { type: 'WorkWished', data: {} }, done(agentId));
    await untilProjection(api, 'agents', ({ failedEvents: failed }) => failed === 10);
    const healthy = newWork();
    await append(healthy, offered, done(agentId));
    expect(await waitFor(async () => ((await completedBy(agentId)) === 1 ? 1 : undefined), wait)).toBe(1);
    expect(await projectionOf(api, 'agents')).toMatchObject({ status: 'running', recentErrors: 10 });

    await append(last, { type: 'WorkWished', data: {} }, done(agentId));
    const paused = await untilProjection(api, 'agents', ({ status }) => status === 'paused');
    expect(paused).toMatchObject({ pausedBecause: 'errors', failedEvents: 11, recentErrors: 11 });
    const tells = async () => ((await functionsThatTell(METRICS.paused)).length > 0 ? true : undefined);
    expect(await waitFor(tells, wait)).toBe(true);
    const { items } = await failedEvents();
    expect(items.map(({ eventId }) => eventId)).toEqual(poisoned.map((id) => `${id}-2`).sort());
    expect(items[0]).toMatchObject({
      eventType: 'domain.WorkDone',
      error: 'No aggregate knows the event WorkWished.',
      retryCount: expect.any(Number),
    });

    const inThePause = newWork();
    await append(inThePause, offered, done(agentId));
    for (const id of poisoned) await mend(id);
    expect((await order('resume')).status).toBe(202);
    expect(await order('failed-events/retry')).toMatchObject({ status: 202 });
    await untilProjection(api, 'agents', ({ failedEvents: failed, lag }) => failed === 0 && lag === 0);
    expect(await waitFor(async () => ((await completedBy(agentId)) === 13 ? 13 : undefined), wait)).toBe(13);
    expect(await projectionOf(api, 'agents')).toMatchObject({ status: 'running', recentErrors: 0 });
  });

  it('puts a row that was deleted by hand there again with its next event, whole', async () => {
    const [agentId, id] = [newId('agent'), newWork()];
    await append(id, offered, { type: 'WorkLeased', data: { leaseId: 'lease_1', agentId } });
    const isThere = async () => (await (await rows()).get(id)) ?? undefined;
    expect((await waitFor(isThere, wait))?.version).toBe(2);
    const { state } = await readState({ client: documents, table: output('ProjectionsTable') }, 'agents');
    const Key = { id: `agents#${state.generation}#${id}` };
    await documents.send(new DeleteCommand({ TableName: output('ReadModelsTable'), Key }));
    await append(id, done(agentId));
    const again = await waitFor(isThere, wait);
    expect(again).toMatchObject({ version: 3, row: { status: 'completed', agentId } });
  });
});

const wait = { everyMs: 250, limitMs: 60_000 };
