import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { httpPipeline } from '../../../functions/shared/platform/http/http-pipeline.ts';
import { addressFaults } from '../../../functions/shared/platform/outgoing/address-rules.ts';
import { guardedRequest } from '../../../functions/shared/platform/outgoing/guarded-request.ts';
import { webhookSender } from '../../../functions/shared/platform/webhooks/webhook-sender.ts';
import { secretEndpoints } from '../../../functions/webhooks/adapters/secret-endpoints.ts';
import { apiCaller } from '../../support/api/api-calls.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import type { Received } from '../../support/outgoing/fault-server.ts';
import { answer, faultServer } from '../../support/outgoing/fault-server.ts';
import { memorySecrets } from '../../support/webhooks/memory-secrets.ts';

const log = captureLogLines();

const RULES = { plainHttpHosts: ['127.0.0.1'], refused: [] };

function api() {
  const secrets = memorySecrets();
  const call = apiCaller(
    httpPipeline(
      secretEndpoints({
        secrets,
        send: webhookSender({ request: guardedRequest(RULES), now: Date.now }),
        addressFaults: (url, path) => addressFaults(url, path, RULES),
      }),
    ),
  );
  const ask = (method: 'GET' | 'POST', path = '', body?: unknown) =>
    call({ method, path: `/api/v1/webhook-secret${path}`, body, scopes: 'admin' });
  return { call, ask, secrets };
}

describe('the secret of a key', () => {
  it('is read, replaced, and read as the new one', async () => {
    const { ask } = api();
    const { json: first } = await ask('GET');
    const { status, json: rotated } = await ask('POST', '/rotate');
    const { json: second, headers } = await ask('GET');
    const secret = expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect([status, first.data, rotated.data]).toEqual([
      200,
      { secret },
      { secret, previousSignsUntil: expect.any(String) },
    ]);
    expect(second.data).toEqual({ secret: (rotated.data as { secret: string }).secret });
    expect(second.data).not.toEqual(first.data);
    expect(headers['cache-control']).toBe('no-store');
    expect(log.text()).not.toContain('whsec_');
  });

  it('is not replaced a sixth time within a day', async () => {
    const { ask } = api();
    for (let count = 0; count < 5; count += 1) expect((await ask('POST', '/rotate')).status).toBe(200);
    const { status, json } = await ask('POST', '/rotate');
    expect([status, json.error]).toMatchObject([
      409,
      { code: 'LIMIT_EXCEEDED', message: 'The secret was rotated too often today.' },
    ]);
  });

  it('is for admins only', async () => {
    const { call } = api();
    for (const [method, path] of [
      ['GET', ''],
      ['POST', '/rotate'],
      ['POST', '/test'],
    ] as const)
      expect((await call({ method, path: `/api/v1/webhook-secret${path}` })).status).toBe(403);
  });
});

describe('the test message', () => {
  it('goes out once, signed as all are', async () => {
    const { ask, secrets } = api();
    const { origin, requests } = await faultServer(answer(200));
    await secrets.rotate('key_1');
    const { status, json } = await ask('POST', '/test', { url: `${origin}/hook` });
    const { headers, body } = requests[0] as Received;
    expect(requests).toHaveLength(1);
    for (const secret of await secrets.active('key_1')) {
      const said = new Webhook(secret).verify(body, headers as Record<string, string>);
      expect(said).toEqual({ type: 'webhook.test', timestamp: expect.any(String) });
    }
    expect([status, json.data]).toEqual([
      200,
      {
        webhookId: headers['webhook-id'],
        delivered: true,
        statusCode: 200,
        at: expect.any(String),
        durationMs: expect.any(Number),
      },
    ]);
    expect(headers['webhook-id']).toMatch(/^msg_[0-9A-HJKMNP-TV-Z]{26}$/);
  });

  it('that is not taken is told of, with no word of what was answered', async () => {
    const { origin } = await faultServer(answer(500, 'an inner secret'));
    const { status, json } = await api().ask('POST', '/test', { url: origin });
    expect([status, json.data]).toMatchObject([
      200,
      { delivered: false, statusCode: 500, error: 'The receiver answered with status 500 (Internal Server Error).' },
    ]);
    expect(JSON.stringify(json)).not.toContain('inner');
  });

  it.each(['http://localhost:1', 'https://10.0.0.1', 'https://user@example.com', 'nonsense'])(
    'is not sent to %s',
    async (url) => {
      const { status, json } = await api().ask('POST', '/test', { url });
      expect([status, json.error]).toMatchObject([400, { code: 'VALIDATION_ERROR', details: [{ path: 'url' }] }]);
    },
  );
});
