import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Page } from '../../../functions/contracts/api/list.ts';
import type { SagaExecution } from '../../../functions/contracts/api/saga.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import { pathsOf, SAGAS, STEP, sagaApi, TRIP } from '../../support/sagas/saga-api.ts';

captureLogLines();
const MB = 1024 * 1024;

let on: ReturnType<typeof sagaApi>;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-08-19T10:00:00.000Z') });
  on = sagaApi();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A saga a second after the one before, which lists know. */
async function listed(definition: object = TRIP): Promise<string> {
  vi.setSystemTime(Date.now() + 1000);
  const { id } = await on.started({ definition });
  await on.list(id);
  return id;
}
async function ended(): Promise<string> {
  const id = await listed();
  await on.sagas.record(id, 'EndSaga', { cause: 'OOPS' });
  await on.list(id);
  return id;
}
/** One of so many MB, by what its steps gave: each in the place of the one before. All at once, as each alone would take its time. */
async function large(megabytes: number, text = 'x'): Promise<string> {
  const steps = Array.from({ length: 50 }, (_, index) => ({ ...STEP, id: `step-${index}` }));
  const id = await listed({ ...TRIP, steps });
  const result = { text: text.repeat((megabytes * MB) / 50) };
  const events = steps.map(({ id: stepId }) => ({ type: 'SagaStepCompleted', data: { stepId, result } }));
  const metadata = { correlationId: 'corr_1', traceId: 'trace' };
  const committedAt = new Date().toISOString();
  await on.log.append(await on.log.load(id), { commitId: 'done', committedAt, events, metadata });
  return id;
}
const page = async (query: Record<string, string> = {}) => {
  const { json } = await on.call('GET', SAGAS, { query });
  const { items, nextCursor } = json.data as Page<SagaExecution>;
  return { items, ids: items.map(({ id }) => id), nextCursor };
};
async function pages(query: Record<string, string> = {}): Promise<string[][]> {
  const all: string[][] = [];
  let cursor: string | null | undefined;
  do {
    const { ids, nextCursor } = await page({ ...query, ...(cursor && { cursor }) });
    all.push(ids);
    cursor = nextCursor;
  } while (cursor !== null);
  return all;
}

describe('the list of sagas', () => {
  it('is empty where there is none', async () => {
    expect(await page()).toEqual({ items: [], ids: [], nextCursor: null });
  });

  it('names each, the newest first, as it stands in the log', async () => {
    const ids = [await listed(), await ended(), await listed()];
    const { items, nextCursor } = await page();
    expect([items.map(({ id }) => id), nextCursor]).toEqual([ids.reverse(), null]);
    for (const saga of items) expect((await on.call('GET', `${SAGAS}/${saga.id}`)).json.data).toEqual(saga);
  });

  it('names those of a status', async () => {
    const [running, failed] = [await listed(), await ended()];
    expect((await page({ status: 'running' })).ids).toEqual([running]);
    expect((await page({ status: 'failed' })).ids).toEqual([failed]);
    expect((await page({ status: 'completed' })).ids).toEqual([]);
  });

  it('goes page by page', async () => {
    const ids: string[] = [];
    for (let made = 0; made < 5; made += 1) ids.unshift(await listed());
    expect(await pages({ limit: '2' })).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)]);
    expect(await pages({ limit: '5' })).toEqual([ids]);
    expect(await pages({ limit: '2', status: 'running' })).toHaveLength(3);
  });

  it.each([
    [{ status: 'cancelled' }, 'status'],
    [{ limit: '0' }, 'limit'],
    [{ limit: '101' }, 'limit'],
    [{ cursor: 'nothing' }, 'cursor'],
    [{ step: 'flight' }, 'step'],
  ])('asks for what it can give: not %j', async (query: Record<string, string>, path) => {
    expect(pathsOf(await on.call('GET', SAGAS, { query }))).toEqual([400, 'VALIDATION_ERROR', path]);
  });
});

describe('a page of large sagas', () => {
  it('ends before 5.5 MB, and the next one goes on behind it', async () => {
    const ids = [await large(1.5), await large(1.5), await large(1.5), await listed(), await large(1.5)].reverse();
    expect(await pages()).toEqual([ids.slice(0, 4), ids.slice(4)]);
    expect(await pages({ limit: '2' })).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)]);
    expect((await pages({ status: 'running' })).flat()).toEqual(ids);
  });

  it('is measured as Lambda writes it: a quote in a text takes four bytes', async () => {
    const ids = [await large(0.8, '"'), await large(0.8, '"')].reverse();
    expect(await pages()).toEqual([ids.slice(0, 1), ids.slice(1)]);
  });

  it('holds one at least, however large it is', async () => {
    const ids = [await listed(), await large(3), await large(3)].reverse();
    expect(await pages()).toEqual([ids.slice(0, 1), ids.slice(1)]);
  });
});
