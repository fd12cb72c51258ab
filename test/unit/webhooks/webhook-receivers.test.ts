import { Webhook } from 'standardwebhooks';
import { expect, it } from 'vitest';
import { guardedRequest } from '../../../functions/shared/platform/outgoing/guarded-request.ts';
import { webhookSender } from '../../../functions/shared/platform/webhooks/webhook-sender.ts';
import type { Behaviour } from '../../support/outgoing/fault-server.ts';
import {
  answer,
  closedPort,
  faultServer,
  flood,
  hang,
  raw,
  reset,
  trickle,
} from '../../support/outgoing/fault-server.ts';
import { memorySecrets } from '../../support/webhooks/memory-secrets.ts';

const TIMEOUT_MS = 150;
const request = guardedRequest({ plainHttpHosts: ['127.0.0.1'], refused: [] });
const send = webhookSender({ request, now: Date.now });
/** For receivers that let it wait. */
const sendBriefly = webhookSender({ request, now: Date.now, timeoutMs: TIMEOUT_MS });

const webhook = async (url: string) => ({
  url,
  webhookId: 'msg_req_1-1',
  body: '{"requestId":"req_1","text":"ü😀"}',
  secrets: await memorySecrets().active('key_1'),
  correlationId: 'corr_1',
});

const late: Behaviour = (response) => {
  setTimeout(() => response.end('ok'), 4 * TIMEOUT_MS);
};
const TIMED_OUT = 'No whole answer came in time.';
const WRITTEN = () => ({ bytes: 0 });

it.each<[string, Behaviour, object, boolean]>([
  ['takes it', answer(200, 'ok'), { statusCode: 200 }, true],
  ['takes it and says nothing', answer(204), { statusCode: 204 }, true],
  ['hangs', hang, { error: TIMED_OUT }, false],
  ['resets', reset, { error: 'No connection came about, or no answer came over it.' }, false],
  [
    'answers byte by byte',
    trickle('HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n', WRITTEN()),
    { error: TIMED_OUT },
    false,
  ],
  ['answers 200 too late', late, { error: TIMED_OUT }, false],
  ['breaks off', raw('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok'), { error: 'The answer broke off.' }, false],
  ['never ends', flood(WRITTEN()), { error: 'The answer is larger than 1 MB.' }, false],
  [
    'fails',
    answer(500, 'secret'),
    { statusCode: 500, error: 'The receiver answered with status 500 (Internal Server Error).' },
    false,
  ],
])('a receiver that %s', async (_, behaviour, attempt, delivered) => {
  const { origin, requests } = await faultServer(behaviour);
  const isSlow = 'error' in attempt && attempt.error === TIMED_OUT;
  const outcome = await (isSlow ? sendBriefly : send)(await webhook(`${origin}/hook?token=1`));
  expect(requests).toHaveLength(1);
  expect(outcome).toMatchObject({ delivered, gone: false, retryAfterMs: 0, attempt });
  expect(Object.keys(outcome.attempt).sort()).toEqual(['at', 'durationMs', ...Object.keys(attempt)].sort());
  if (isSlow) expect(outcome.attempt.durationMs).toBeGreaterThanOrEqual(TIMEOUT_MS - 5);
});

it.each([301, 302, 303, 307, 308])('a receiver that redirects (%i) is not followed', async (code) => {
  const target = await faultServer(answer(200));
  const { origin } = await faultServer(answer(code, '', { location: `${target.origin}/x` }));
  const { delivered, attempt } = await send(await webhook(origin));
  expect([delivered, attempt.statusCode, target.accepted()]).toEqual([false, code, 0]);
});

it('a receiver that is gone, and one that wants to be left alone, are understood', async () => {
  const gone = await faultServer(answer(410));
  expect(await send(await webhook(gone.origin))).toMatchObject({ delivered: false, gone: true });
  const busy = await faultServer(answer(429, '', { 'retry-after': '3' }));
  expect(await send(await webhook(busy.origin))).toMatchObject({ delivered: false, gone: false, retryAfterMs: 3000 });
});

it('a receiver where nobody listens, and one that may not be called, are failures like others', async () => {
  const refused = await send(await webhook(`http://127.0.0.1:${await closedPort()}`));
  expect(refused.attempt.error).toBe('No connection came about, or no answer came over it.');
  const server = await faultServer(answer(200));
  const forbidden = await send(await webhook(`http://localhost:${server.port}`));
  expect([forbidden.delivered, forbidden.attempt.error]).toEqual([false, 'The address may not be called.']);
  expect(server.accepted()).toBe(0);
});

it('a receiver gets the very bytes, and the headers by which the reference library knows them', async () => {
  const { origin, requests } = await faultServer(answer(200));
  const sent = await webhook(`${origin}/hook?token=1`);
  await send(sent);
  const [{ method, url, headers, body } = { method: '', url: '', headers: {}, body: '' }] = requests;
  expect([method, url, body]).toEqual(['POST', '/hook?token=1', sent.body]);
  expect(headers).toMatchObject({
    'content-type': 'application/json',
    'webhook-id': 'msg_req_1-1',
    'x-correlation-id': 'corr_1',
    'user-agent': 'maos',
  });
  const verified = new Webhook(sent.secrets[0]).verify(body, headers as Record<string, string>);
  expect(verified).toEqual(JSON.parse(sent.body));
});
