import { beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { route } from '../../../../functions/contracts/api/route.ts';
import { AppError } from '../../../../functions/shared/kernel/errors.ts';
import type { DataAnswer, KeptAnswer } from '../../../../functions/shared/platform/http/answer.ts';
import { dynamoIdempotency } from '../../../../functions/shared/platform/http/dynamo-idempotency.ts';
import { endpoint, httpPipeline } from '../../../../functions/shared/platform/http/http-pipeline.ts';
import { apiCaller } from '../../../support/api/api-calls.ts';
import { memoryTable } from '../../../support/log/memory-table.ts';
import { captureLogLines } from '../../../support/log-lines.ts';

const kept = memoryTable();
captureLogLines();
beforeEach(() => {
  kept.items.clear();
});

const contract = route({
  id: 'create',
  method: 'POST',
  path: '/things',
  summary: '',
  scope: 'write',
  idempotent: true,
  body: z.strictObject({ name: z.string() }),
  answer: { status: 201, data: z.unknown() },
  errors: [],
});

function given(outcome: KeptAnswer | Error = { kind: 'data', data: { thingId: 1 } }) {
  let made = 0;
  let revealed = 0;
  let isBroken = false;
  const serve = async () => {
    made += 1;
    if (outcome instanceof Error) throw outcome;
    return outcome;
  };
  const reveal = async (answer: KeptAnswer): Promise<KeptAnswer> => {
    revealed += 1;
    if (isBroken) throw new Error('no master secret');
    if (answer.kind === 'error') return answer;
    const data = answer.data as object;
    return { ...answer, data: { ...data, secret: `whsec_${revealed}` } } satisfies DataAnswer;
  };
  const endpoints = [endpoint(contract, serve, reveal)];
  const call = apiCaller(httpPipeline(endpoints, { idempotency: dynamoIdempotency('Idempotency') }));
  const create = (headers = {}) =>
    call({ method: 'POST', path: '/things', body: { name: 'n' }, headers, remainingMs: 28_000 });
  const breaks = (yes: boolean) => {
    isBroken = yes;
  };
  return { create, breaks, made: () => made, revealed: () => revealed };
}

const KEY = { 'Idempotency-Key': 'k' };

describe('what an answer reveals', () => {
  it('is in it, with a key and without one', async () => {
    const { create } = given();
    const answers = [await create(), await create(KEY)];
    expect(answers.map(({ status, json }) => [status, json.data])).toEqual([
      [201, { thingId: 1, secret: 'whsec_1' }],
      [201, { thingId: 1, secret: 'whsec_2' }],
    ]);
  });

  it('is never kept: a repetition reveals anew what the first call made', async () => {
    const { create, made } = given();
    await create(KEY);
    const [item] = [...kept.items.values()];
    expect(JSON.stringify(item)).toContain('thingId');
    expect(JSON.stringify(item)).not.toContain('secret');
    expect((await create(KEY)).json.data).toEqual({ thingId: 1, secret: 'whsec_2' });
    expect(made()).toBe(1);
  });

  it('that cannot be had now can be had by a repetition, and nothing is made twice', async () => {
    const { create, breaks, made } = given();
    breaks(true);
    const { status, json } = await create(KEY);
    expect([status, json.error.code]).toEqual([500, 'INTERNAL_ERROR']);
    breaks(false);
    expect((await create(KEY)).json.data).toMatchObject({ thingId: 1, secret: 'whsec_2' });
    expect(made()).toBe(1);
  });

  it('is not asked for a refusal', async () => {
    const { create, revealed } = given(new AppError('LIMIT_EXCEEDED', 'Too many.'));
    expect((await create(KEY)).json.error.code).toBe('LIMIT_EXCEEDED');
    expect(revealed()).toBe(0);
  });

  it('may be nothing, for an error that is kept', async () => {
    const { create } = given({ kind: 'error', error: { code: 'SERVICE_ERROR', message: 'It failed.' } });
    const answers = [await create(KEY), await create(KEY)];
    expect(answers.map(({ status, json }) => [status, json.error.message])).toEqual(Array(2).fill([502, 'It failed.']));
  });
});
