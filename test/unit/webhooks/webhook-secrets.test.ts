import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { OutgoingRequest } from '../../../functions/shared/platform/outgoing/guarded-request.ts';
import { webhookSecrets } from '../../../functions/shared/platform/webhooks/webhook-secrets.ts';
import { webhookSender } from '../../../functions/shared/platform/webhooks/webhook-sender.ts';
import { memorySecretRows, memorySecrets } from '../../support/webhooks/memory-secrets.ts';
import { START, status } from '../../support/webhooks/webhook-world.ts';

const HOUR = 3600_000;
const BODY = '{"requestId":"req_1","status":"completed"}';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: START });
});
afterEach(() => {
  vi.useRealTimers();
});

/** What reaches a receiver that is told now. */
async function sent(secrets = memorySecrets()): Promise<OutgoingRequest> {
  const requests: OutgoingRequest[] = [];
  const request = async (one: OutgoingRequest) => {
    requests.push(one);
    return status(200);
  };
  const send = webhookSender({ request, now: Date.now });
  const rest = { url: 'https://receiver.example', webhookId: 'msg_req_1-1', correlationId: 'corr_1' };
  await send({ ...rest, body: BODY, secrets: await secrets.active('key_1') });
  return requests[0] as OutgoingRequest;
}

const verifies = (secret: string, { body = '', headers }: Pick<OutgoingRequest, 'body' | 'headers'>): boolean => {
  try {
    new Webhook(secret).verify(body, headers);
    return true;
  } catch {
    return false;
  }
};

describe('a signature', () => {
  it('is known by the reference library, and none that was tampered with', async () => {
    const secrets = memorySecrets();
    const [secret] = await secrets.active('key_1');
    const { body = '', headers } = await sent(secrets);
    expect(verifies(secret, { body, headers })).toBe(true);
    const later = String(Number(headers['webhook-timestamp']) + 1);
    const tampered = [
      { body: body.replace('completed', 'failed'), headers },
      { body, headers: { ...headers, 'webhook-id': 'msg_req_1-2' } },
      { body, headers: { ...headers, 'webhook-timestamp': later } },
    ];
    for (const one of tampered) expect(verifies(secret, one)).toBe(false);
  });

  it('is of the moment of its try, so that an old one can be refused', async () => {
    const [secret] = await memorySecrets().active('key_1');
    const first = await sent();
    vi.setSystemTime(START + HOUR);
    expect(verifies(secret, first)).toBe(false);
    expect(verifies(secret, await sent())).toBe(true);
  });
});

describe('a secret', () => {
  it('has 32 bytes, the same each time, and is of one key and one master alone', async () => {
    const rows = memorySecretRows();
    const of = async (master: string, owner: string) =>
      (await webhookSecrets({ master: async () => master, rows, now: Date.now }).active(owner))[0];
    const secret = await of('the master', 'key_1');
    expect(secret).toMatch(/^whsec_/);
    expect(Buffer.from(secret.slice(6), 'base64')).toHaveLength(32);
    expect(await of('the master', 'key_1')).toBe(secret);
    expect(await of('another', 'key_1')).not.toBe(secret);
    expect(await of('the master', 'key_11')).not.toBe(secret);
    expect(await of('the master', 'key_1","1')).not.toBe(secret);
  });

  it('that is replaced signs beside the new one for a day, and then no more', async () => {
    const secrets = memorySecrets();
    const [old] = await secrets.active('key_1');
    const { secret, previousSignsUntil } = await secrets.rotate('key_1');
    expect(previousSignsUntil).toBe(new Date(START + 24 * HOUR).toISOString());
    expect(secret).not.toBe(old);
    for (const at of [START, START + 24 * HOUR - 1]) {
      vi.setSystemTime(at);
      expect(await secrets.active('key_1')).toEqual([secret, old]);
      const both = await sent(secrets);
      expect([verifies(old, both), verifies(secret, both)]).toEqual([true, true]);
    }
    vi.setSystemTime(START + 24 * HOUR);
    const after = await sent(secrets);
    expect([verifies(old, after), verifies(secret, after)]).toEqual([false, true]);
    expect(await secrets.active('key_2')).toHaveLength(1);
  });

  it('is replaced five times a day, and again when a day has passed', async () => {
    const secrets = memorySecrets();
    const all = [(await secrets.active('key_1'))[0]];
    for (let count = 0; count < 5; count += 1) {
      all.unshift((await secrets.rotate('key_1')).secret);
      vi.setSystemTime(Date.now() + HOUR);
    }
    await expect(secrets.rotate('key_1')).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
    expect(new Set(all).size).toBe(6);
    expect(await secrets.active('key_1')).toEqual(all);
    vi.setSystemTime(START + 24 * HOUR);
    all.unshift((await secrets.rotate('key_1')).secret);
    expect(await secrets.active('key_1')).toEqual(all.slice(0, 6));
  });

  it('is another for each of those who replace it at once', async () => {
    const secrets = memorySecrets();
    const rotations = await Promise.all([1, 2, 3].map(() => secrets.rotate('key_1')));
    expect(new Set(rotations.map(({ secret }) => secret)).size).toBe(3);
    expect(await secrets.active('key_1')).toHaveLength(4);
  });
});
