import { describe, expect, it } from 'vitest';
import { waitFor } from '../../local/process/waiting.ts';
import { ApiClient } from '../support/cloud/api-client.ts';
import { sharedServers } from '../support/cloud/callbacks.ts';
import { cloud } from '../support/cloud/cloud.ts';
import type { Step } from '../support/cloud/saga-flow.ts';
import { complete, endedSaga, sagaOf, startSaga } from '../support/cloud/saga-flow.ts';
import type { Received } from '../support/outgoing/fault-server.ts';
import { answer } from '../support/outgoing/fault-server.ts';

const api = new ApiClient(cloud.apiKey);
const servers = sharedServers(api);

describe.concurrent('a step that its service answers later', () => {
  /** Starts a saga whose only step is answered with 202, and answers the call. */
  async function waiting(step: Step = {}) {
    const booking = await servers.service(answer(202));
    const { id } = await startSaga(api, sagaOf(booking.name, { flight: step }));
    const call = await waitFor(async () => booking.requests[0], { everyMs: 100, limitMs: 60_000 });
    if (call === undefined) throw new Error(`${id} called nobody.`);
    return { id, call, booking };
  }

  it('goes on with the result that is brought, once', async () => {
    const { id, call } = await waiting({ timeout: 120_000 });
    const result = { seat: '12A' };
    expect((await complete(call, { status: 'completed', result })).status).toBe(204);
    expect(await endedSaga(api, id)).toMatchObject({ status: 'completed', data: result });
    expect((await complete(call, { status: 'completed', result })).status).toBe(409);
  });

  it('fails with the error that is brought', async () => {
    const { id, call } = await waiting();
    const error = { code: 'NO_SEAT', message: 'They are all taken.' };
    expect((await complete(call, { status: 'failed', error })).status).toBe(204);
    expect(await endedSaga(api, id)).toMatchObject({ status: 'failed', error });
  });

  it('takes nothing that comes too late', async () => {
    const { id, call } = await waiting({ timeout: 1000 });
    expect(await endedSaga(api, id)).toMatchObject({ status: 'failed', error: { code: 'TIMEOUT' } });
    const reply = await complete(call, { status: 'completed' });
    expect([reply.status, await reply.json()]).toMatchObject([410, { error: { code: 'GONE' } }]);
  });

  it('has another address after a resume, and the old one is gone', async () => {
    const { id, call, booking } = await waiting({ timeout: 4000 });
    await endedSaga(api, id);
    expect((await api.post(`/sagas/${id}/resume`, {})).status).toBe(202);
    const again = await waitFor(async () => booking.requests[1], { everyMs: 50, limitMs: 60_000 });
    expect((await complete(call, { status: 'completed' })).status).toBe(410);
    expect((await complete(again as Received, { status: 'completed' })).status).toBe(204);
    expect(await endedSaga(api, id)).toMatchObject({ status: 'completed' });
  });

  it('knows nothing of an address that is not its own, nor of what is no answer', async () => {
    const { id, call } = await waiting({ timeout: 120_000 });
    const url = String(call.headers['x-maos-complete-url']);
    const at = (address: string) => ({ ...call, headers: { 'x-maos-complete-url': address } });
    expect((await complete(at(`${url}x`), { status: 'completed' })).status).toBe(404);
    expect((await complete(at(url.replace(/[^/]*$/, 'nothing')), { status: 'completed' })).status).toBe(404);
    for (const body of [{ status: 'failed' }, { status: 'done' }, { status: 'completed', result: [] }]) {
      expect((await complete(call, body)).status).toBe(400);
    }
    expect((await complete(call, { status: 'completed' })).status).toBe(204);
    expect((await endedSaga(api, id)).status).toBe('completed');
  });
});
