import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeExecutionCommand, SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { expect, it } from 'vitest';
import type { ProjectionView } from '../../functions/contracts/api/projection.ts';
import { projectionRoutes } from '../../functions/contracts/api/projection.ts';
import { sagaEvents } from '../../functions/contracts/events/saga-events.v1.ts';
import type { SagaRow } from '../../functions/contracts/views/saga.model.ts';
import { sagaReadModel, sagaRow } from '../../functions/contracts/views/saga.model.ts';
import { newId } from '../../functions/shared/platform/ids.ts';
import { history } from '../../functions/shared/platform/log/stored-event.ts';
import { dynamoReadModels } from '../../functions/shared/platform/read-models/dynamo-read-models.ts';
import { readState } from '../../functions/shared/platform/read-models/projections-table.ts';
import { sideBySide } from '../../functions/shared/platform/side-by-side.ts';
import { waitFor } from '../../local/process/waiting.ts';
import { ApiClient, expectRefusal } from '../support/cloud/api-client.ts';
import { cloud, output } from '../support/cloud/cloud.ts';
import { aggregatesOf, append, documents, eventLog, query, untilProjection } from '../support/cloud/projection-flow.ts';
import { stepDone, stepStarted } from '../support/sagas/saga-events.ts';
import { tripStarted } from '../support/sagas/saga-samples.ts';
import { isDrill } from '../support/seeds.ts';

const EVENTS = isDrill ? 10_000 : 2000;
const KILLS = 3;
const LIMIT_MS = isDrill ? 900_000 : 180_000;
/**
 * Here the rebuild, its readers, the live path and the cloud itself share the cores of one machine: twice as slow, as on a cloud that has
 * room for all of them, is not to be had.
 */
const MAX_SLOWDOWN = 5;
const sfn = new SFNClient({});
const api = new ApiClient(cloud.apiKey);

/** Four events in two commits. Without a machine of its own nobody starts it, so that only its projection hears of it. */
async function endedSaga(id = newId('saga')): Promise<string> {
  await append(id, tripStarted, stepStarted('flight'));
  await append(id, stepDone('flight'), { type: 'SagaCompleted', data: {} });
  return id;
}

/** The versions of all rows, by a walk through the pages of the list. */
async function versions(): Promise<Map<string, number>> {
  const rows = new Map<string, number>();
  let cursor: string | null = null;
  do {
    const page: { items: SagaRow[]; nextCursor: string | null } = await query(api, 'sagas', {
      limit: 100,
      ...(cursor !== null && { cursor }),
    });
    for (const { id, version } of page.items) rows.set(id, version);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return rows;
}

/** Reads the list all the while, and tells what it ever showed less of than before. */
function watching() {
  const seen = new Map<string, number>();
  const faults: string[] = [];
  let reads = 0;
  const readAll = async () => {
    const rows = await versions();
    for (const [id, version] of seen)
      if ((rows.get(id) ?? 0) < version) faults.push(`${id} was at ${version}, then at ${rows.get(id)}`);
    for (const [id, version] of rows) seen.set(id, version);
    reads += 1;
  };
  const over = untilOver(readAll);
  return { end: async () => over().then(() => ({ faults, reads, rows: seen.size })) };
}

/** Does it again and again until it is told to end. */
function untilOver(act: () => Promise<void>): () => Promise<void> {
  let isOver = false;
  const run = (async () => {
    while (!isOver) await act();
  })();
  return () => {
    isOver = true;
    return run;
  };
}

/** Commands that keep coming: sagas begin and go on. */
function working() {
  const ids: string[] = [];
  const over = untilOver(async () => {
    ids.push(await endedSaga());
    await sleep(100);
  });
  return { end: async () => over().then(() => ids) };
}

/** Milliseconds from a saga's end to its row, one saga after another, until it is told to end. */
function probing() {
  const delays: number[] = [];
  const over = untilOver(async () => {
    const id = await endedSaga();
    const begun = performance.now();
    const isShown = async () => ((await liveVersion(id)) >= 4 ? true : undefined);
    await waitFor(isShown, { everyMs: 25, limitMs: LIMIT_MS });
    delays.push(performance.now() - begun);
  });
  return { end: async () => over().then(() => delays.sort((one, other) => one - other)[delays.length >> 1] ?? 0) };
}

async function liveVersion(id: string): Promise<number> {
  const { state } = await readState({ client: documents, table: output('ProjectionsTable') }, 'sagas');
  const { generation } = state;
  const rows = dynamoReadModels(documents, output('ReadModelsTable'), { ...sagaReadModel, generation });
  return (await rows.get(id))?.version ?? 0;
}

/** Stops the run of the rebuild that is under way, once it is. */
async function kill(generation: number, run: number): Promise<void> {
  const executions = output('RebuildMachineArn').replace(':stateMachine:', ':execution:');
  const executionArn = `${executions}:sagas-${generation}-${run}`;
  const stop = async () => {
    const { status } = await sfn
      .send(new DescribeExecutionCommand({ executionArn }))
      .catch(() => ({ status: undefined }));
    if (status !== 'RUNNING') return undefined;
    await sfn.send(new StopExecutionCommand({ executionArn }));
    return true;
  };
  expect(await waitFor(stop, { everyMs: 20, limitMs: 30_000 }), `run ${run} was killed`).toBe(true);
}

async function rowsOf(generation: number, ids: readonly string[]): Promise<Map<string, unknown>> {
  const rows = dynamoReadModels(documents, output('ReadModelsTable'), { ...sagaReadModel, generation });
  const found = new Map<string, unknown>();
  await sideBySide(ids, 25, async (id) => {
    found.set(id, (await rows.get(id))?.row);
  });
  return found;
}

async function replayed(ids: readonly string[]): Promise<Map<string, unknown>> {
  const found = new Map<string, unknown>();
  await sideBySide(ids, 25, async (id) => {
    const events = history(sagaEvents, await eventLog.load(id));
    found.set(id, events.reduce<SagaRow | undefined>(sagaRow, undefined));
  });
  return found;
}

const path = projectionRoutes.rebuildProjection.path.replace('/api/v1', '').replace('{name}', 'sagas');
const rebuild = () => api.call(path, { method: 'POST' });
const isOver = ({ status }: ProjectionView) => status === 'running';

/** Rows for so many events: what the bus brings of them later, is there then already. */
async function filled(): Promise<string[]> {
  const ids = Array.from({ length: EVENTS / 4 }, () => newId('saga'));
  await sideBySide(ids, 25, async (id) => {
    await endedSaga(id);
  });
  expect((await rebuild()).status).toBe(202);
  await untilProjection(api, 'sagas', isOver, LIMIT_MS);
  return ids;
}

/** Of a projection that has nothing else behind it, with readers and commands as in the rebuild. */
async function lagOfProbes(): Promise<number> {
  await untilProjection(api, 'sagas', ({ lag }) => lag === 0, LIMIT_MS);
  const [readers, commands, probes] = [watching(), working(), probing()];
  await sleep(15_000);
  const lag = await probes.end();
  await Promise.all([readers.end(), commands.end()]);
  return lag;
}

it(`rebuilds a read model of ${EVENTS} events while commands come, killed ${KILLS} times, and no reader sees less than before`, {
  timeout: 4 * LIMIT_MS,
}, async () => {
  const ids = await filled();
  const usualLag = isDrill ? await lagOfProbes() : undefined;
  const [readers, commands, probes] = [watching(), working(), probing()];
  const before = (await readState({ client: documents, table: output('ProjectionsTable') }, 'sagas')).state;
  const replies = await Promise.all([rebuild(), rebuild()]);
  expect(replies.map(({ status }) => status).sort()).toEqual([202, 409]);
  for (const reply of replies) if (reply.status === 409) expectRefusal(reply, 409, 'CONFLICT');
  const generation = before.lastGeneration + 1;
  for (let run = 1; run <= KILLS; run += 1) await kill(generation, run);
  const { lastRebuild } = await untilProjection(api, 'sagas', isOver, LIMIT_MS);
  await sleep(1000);
  const [{ faults, reads, rows }, made, lag] = [await readers.end(), await commands.end(), await probes.end()];
  console.log(`live lag: ${Math.round(lag)} ms in the rebuild, ${Math.round(usualLag ?? 0)} ms before it`);
  if (usualLag !== undefined) expect(lag).toBeLessThan(MAX_SLOWDOWN * usualLag);
  expect(faults).toEqual([]);
  expect(reads).toBeGreaterThan(2);
  expect(rows).toBeGreaterThanOrEqual(ids.length);
  expect(made.length).toBeGreaterThan(0);
  expect(lastRebuild).toMatchObject({ generation, outcome: 'switched', rows: { older: 0, changed: 0 } });

  await untilProjection(api, 'sagas', ({ lag }) => lag === 0, LIMIT_MS);
  const all = await aggregatesOf('saga_');
  expect(all).toEqual(expect.arrayContaining([...ids, ...made]));
  expect(await rowsOf(generation, all)).toEqual(await replayed(all));
});
