import { describe, expect, it } from 'vitest';
import { waitFor } from '../../local/process/waiting.ts';
import { ApiClient, dataOf } from '../support/cloud/api-client.ts';
import { accepted, receiver, secretOf, toldBy, verified, webhookIdOf } from '../support/cloud/callbacks.ts';
import { cloud, newKey } from '../support/cloud/cloud.ts';
import { testService } from '../support/cloud/test-service.ts';
import { answer, json } from '../support/outgoing/fault-server.ts';

const api = new ApiClient(cloud.apiKey);

describe('the secret that signs', () => {
  it('is the caller’s own; after a rotation both verify, and what was changed on its way does not', async () => {
    const own = new ApiClient(await newKey('read', 'write', 'admin'));
    const [service, hook] = [await testService(api, json({ booked: 7 })), await receiver()];
    const wanted = { operation: 'book', payload: {} };
    const old = await secretOf(own);
    expect(old).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(old).not.toBe(await secretOf(api));
    const rotated = dataOf<{ secret: string; previousSignsUntil: string }>(
      await own.post('/webhook-secret/rotate', {}),
    );
    expect(rotated.secret).not.toBe(old);
    expect(await secretOf(own)).toBe(rotated.secret);
    expect(Date.parse(rotated.previousSignsUntil) - Date.now()).toBeGreaterThan(23 * 3_600_000);
    accepted(await own.post('/requests', { ...wanted, service: service.name, callbackUrl: hook.url }));
    await waitFor(() => hook.taken.length === 2 || undefined, { everyMs: 50, limitMs: 60_000 });
    const [message] = hook.taken;
    if (message === undefined) throw new Error('Nothing arrived.');
    for (const secret of [old, rotated.secret]) expect(verified(secret, message)).toEqual(toldBy(message));
    const { body, headers } = message;
    const stamped = String(Number(headers['webhook-timestamp']) + 1);
    expect(() => verified(old, { body: `${body} `, headers })).toThrow();
    expect(() => verified(old, { body, headers: { ...headers, 'webhook-id': 'msg_other' } })).toThrow();
    expect(() => verified(old, { body, headers: { ...headers, 'webhook-timestamp': stamped } })).toThrow();
    expect(() => verified(`whsec_${Buffer.alloc(32, 7).toString('base64')}`, message)).toThrow();
  });

  it('signs a test message, which tells how it went', async () => {
    const hook = await receiver();
    const good = dataOf<{ webhookId: string }>(await api.post('/webhook-secret/test', { url: hook.url }));
    expect(good).toMatchObject({ delivered: true, statusCode: 204, durationMs: expect.any(Number) });
    const [message] = hook.taken;
    expect(verified(await secretOf(api), message as never)).toMatchObject({ type: 'webhook.test' });
    expect(webhookIdOf(message as never)).toBe(good.webhookId);
    hook.behave(answer(500));
    const bad = dataOf(await api.post('/webhook-secret/test', { url: hook.url }));
    expect(bad).toMatchObject({ delivered: false, statusCode: 500, error: expect.stringMatching(/\S/) });
  });
});
