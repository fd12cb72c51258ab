import { describe, expect, it } from 'vitest';
import { failureOf, WHO } from '../../../support/outgoing/billing-calls.ts';
import { answer, json } from '../../../support/outgoing/fault-server.ts';

describe('a status', () => {
  it.each([408, 425, 429, 500, 501, 502, 503, 504, 599, 301, 302, 304, 307, 308, 999])(
    '%i is a failure of the service, and worth another try',
    async (status) => {
      const { code, message, retryable, details } = await failureOf(json({}, status));
      expect(message).toBe(`Operation refund of service billing failed: it answered with status ${status}.`);
      expect({ code, retryable, details }).toEqual({
        code: 'SERVICE_ERROR',
        retryable: true,
        details: { ...WHO, httpStatus: status },
      });
    },
  );

  it.each([400, 401, 403, 404, 405, 409, 410, 413, 418, 422, 451, 499])('%i is the caller’s fault', async (status) => {
    const { code, retryable, details } = await failureOf(json({ code: 'NO', message: 'Not so.' }, status));
    expect({ code, retryable }).toEqual({ code: 'SERVICE_ERROR', retryable: false });
    expect(details).toEqual({ ...WHO, httpStatus: status, code: 'NO', message: 'Not so.' });
  });

  it.each([
    ['nothing', ''],
    ['a page', '<h1>Bad gateway</h1>'],
    ['other JSON', '{"error":{"code":"A"}}'],
    ['a list', '["code"]'],
    ['null', 'null'],
    ['other types', '{"code":5,"message":{"text":"x"}}'],
    ['bytes that are no text', Buffer.from([0x7b, 0xff, 0x7d])],
  ])('may come with %s', async (_what, body) => {
    expect((await failureOf(answer(503, body))).details).toEqual({ ...WHO, httpStatus: 503 });
  });

  it('may come with words of any length, which are cut between characters', async () => {
    const said = { code: 'C'.repeat(129), message: `${'m'.repeat(999)}🦊`, stack: 'x' };
    const { details } = await failureOf(json(said, 400));
    expect(details).toEqual({ ...WHO, httpStatus: 400, code: 'C'.repeat(128), message: 'm'.repeat(999) });
    const odd = await failureOf(answer(400, '{"code":"\\ud83e","message":"a\\udd8ab"}'));
    expect(odd.details).toMatchObject({ code: '', message: 'a\ufffdb' });
  });
});
