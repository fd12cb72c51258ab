import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { memoryTable } from '../../support/log/memory-table.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import { ASKED, requestApi } from '../../support/requests/request-api.ts';
import { CALLBACK } from '../../support/requests/request-samples.ts';

memoryTable();
captureLogLines();

let on: ReturnType<typeof requestApi>;
beforeEach(() => {
  on = requestApi();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a request that is refused', () => {
  it.each([
    ['service', { service: undefined }],
    ['service', { service: 'a/b' }],
    ['operation', { operation: '' }],
    ['operation', { operation: 'x'.repeat(65) }],
    ['payload', { payload: undefined }],
    ['timeout', { timeout: 0 }],
    ['timeout', { timeout: 300_001 }],
    ['timeout', { timeout: 1.5 }],
    ['timeout', { timeout: '30' }],
    ['retries', { retries: -1 }],
    ['retries', { retries: 11 }],
    ['mode', { mode: 'later' }],
    ['callbackUrl', { callbackUrl: '' }],
    ['callbackUrl', { callbackUrl: `https://${'x'.repeat(2048)}` }],
    ['callbackUrl', { callbackUrl: 'http://receiver.example' }],
    ['callbackUrl', { callbackUrl: 'https://10.0.0.1/' }],
    ['callbackUrl', { callbackUrl: 'https://user@receiver.example/', mode: 'sync' }],
    ['priority', { priority: 1 }],
  ])('for its %s names that, and leaves nothing: %j', async (path, fields) => {
    const { status, json } = await on.create(fields);
    expect([status, json.error.code, json.error.details?.map((one) => one.path)]).toEqual([
      400,
      'VALIDATION_ERROR',
      [path],
    ]);
    expect([on.world.requests.all(), on.world.deliveries.streams.size]).toEqual([[], 0]);
  });

  it.each([
    ['unknown', 404, 'SERVICE_NOT_FOUND'],
    ['agent-service', 404, 'NOT_FOUND'],
    ['storage-service', 404, 'NOT_FOUND'],
  ])('as its service is %s leaves nothing', async (service, status, code) => {
    for (const fields of [{}, { callbackUrl: CALLBACK }]) {
      const answer = await on.create({ service, ...fields });
      expect([answer.status, answer.json.error.code]).toEqual([status, code]);
      expect(answer.json.error.message).toContain(service);
    }
    expect([on.world.requests.all(), on.world.deliveries.streams.size]).toEqual([[], 0]);
  });

  it('for its size is 413, and for its key’s scopes 403', async () => {
    expect((await on.create({ payload: 'x'.repeat(256 * 1024) })).status).toBe(413);
    expect((await on.call('POST', '', { body: ASKED, scopes: 'read,admin,agent' })).status).toBe(403);
    expect((await on.call('GET', '', { scopes: 'write,admin,agent' })).status).toBe(403);
    expect(on.world.requests.all()).toEqual([]);
  });
});
