import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { route } from '../../../../functions/contracts/api/route.ts';
import type { Answer } from '../../../../functions/shared/platform/http/answer.ts';
import { endpoint, httpPipeline } from '../../../../functions/shared/platform/http/http-pipeline.ts';
import { apiCaller, REQUEST_ID } from '../../../support/api/api-calls.ts';
import { captureLogLines } from '../../../support/log-lines.ts';

captureLogLines();

const contract = route({
  id: 'ask',
  method: 'GET',
  path: '/asked',
  summary: '',
  scope: 'read',
  answer: { status: 200, data: z.unknown() },
  errors: [],
});
const answerTo = (answer: Answer) =>
  apiCaller(httpPipeline([endpoint(contract, async () => answer)]))({ method: 'GET', path: '/asked' });

describe('an answer that tells of more than its call', () => {
  const as = { id: 'req_1', attempt: 3 };

  it('has the id and the tries of that', async () => {
    const { json, headers } = await answerTo({ kind: 'data', data: 1, as });
    expect(json).toMatchObject({ id: 'req_1', status: 'success', data: 1, metadata: { attempt: 3 } });
    expect([headers['x-request-id'], json.id]).toEqual(['req_1', 'req_1']);
  });

  it('may be an error, in the usual envelope', async () => {
    const error = { code: 'SERVICE_ERROR', message: 'It failed.', details: { service: 'billing' } } as const;
    const { status, json, headers } = await answerTo({ kind: 'error', error, as });
    expect([status, headers['x-request-id']]).toEqual([502, 'req_1']);
    const responseTime = expect.any(Number);
    expect(json).toEqual({
      id: 'req_1',
      status: 'error',
      error: { ...error, attempts: 3, responseTime },
      metadata: { responseTime, attempt: 3, timestamp: expect.any(String) },
    });
  });

  it('is of its own call where nothing else is said', async () => {
    const error = { code: 'TIMEOUT', message: 'It took too long.' } as const;
    for (const answer of [
      { kind: 'data', data: 1 },
      { kind: 'error', error },
    ] as const) {
      const { json } = await answerTo(answer);
      expect(json).toMatchObject({ id: REQUEST_ID, metadata: { attempt: 1 } });
      expect(json.error?.details).toBeUndefined();
    }
  });

  it.each([
    ['RESULT_TOO_LARGE', 502],
    ['TIMEOUT', 504],
    ['SERVICE_NOT_FOUND', 404],
  ] as const)('that is %s has the status %d', async (code, expected) => {
    const { status } = await answerTo({ kind: 'error', error: { code, message: 'No.' } });
    expect(status).toBe(expected);
  });
});
