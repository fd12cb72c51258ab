import { describe, expect, it } from 'vitest';
import type { DeadLetter, DeadLetterGroup } from '../../functions/contracts/api/dead-letter.ts';
import type { SagaExecution } from '../../functions/contracts/api/saga.ts';
import { ApiClient, expectFaults, expectRefusal } from '../support/cloud/api-client.ts';
import { accepted, sharedServers, toldBy, untilDelivered, webhookIdOf } from '../support/cloud/callbacks.ts';
import { cloud, newKey } from '../support/cloud/cloud.ts';
import { lettersWhere, openLetters, redriven } from '../support/cloud/dead-letter-flow.ts';
import { endedSaga, operationOf, sagaOf, startSaga } from '../support/cloud/saga-flow.ts';
import { answer, json } from '../support/outgoing/fault-server.ts';

const api = new ApiClient(cloud.apiKey);
const servers = sharedServers(api);
const UNKNOWN = 'letter_01ARZ3NDEKTSV4RRFFQ69G5FAV';
const STUCK = json({ code: 'STUCK', message: 'It cannot be undone.' }, 409);

/** A service that does one step, refuses the next, and cannot undo the first as long as it is stuck. */
async function stuckService() {
  let isStuck = true;
  const service = await servers.service((response, request) => {
    const operation = operationOf(request);
    const fails = operation === 'do-hotel' || (operation === 'undo-flight' && isStuck);
    (fails ? STUCK : json({}))(response, request);
  });
  const mend = () => {
    isStuck = false;
  };
  const failedSaga = async () => {
    const { id } = await startSaga(api, sagaOf(service.name, { flight: {}, hotel: {} }));
    await endedSaga(api, id);
    return id;
  };
  return { ...service, mend, failedSaga };
}

const compensationsOf = async (id: string) =>
  (await api.data<SagaExecution>(`/sagas/${id}`)).compensations.map(({ status }) => status);
const read = (id: string | undefined) => api.data<DeadLetter>(`/dead-letters/${id}`);

describe.concurrent('a letter', () => {
  it('says what failed and why; sent again, it is done, and tells who did it', async () => {
    const service = await stuckService();
    const sagaId = await service.failedSaga();
    const [letter] = await openLetters(api, service.name, 1);
    expect(letter).toMatchObject({
      ...{ queue: 'http-service', subscriptionId: service.name, eventType: 'saga.undo-flight', status: 'open' },
      error: expect.stringContaining('STUCK It cannot be undone.'),
    });
    expect(JSON.parse(letter?.message ?? '')).toMatchObject({ do: 'undo-again', sagaId, stepId: 'flight' });
    expect(await read(letter?.deadLetterId)).toEqual(letter);
    service.mend();
    const deadLetterIds = [letter?.deadLetterId];
    const all = { matched: 1, redriven: 1, skipped: 0, failed: 0, outcomes: [] };
    expect(await redriven(api, { deadLetterIds, dryRun: true })).toEqual(all);
    expect(await compensationsOf(sagaId)).toEqual(['failed']);
    expect(await redriven(api, { deadLetterIds })).toEqual(all);
    expect(await compensationsOf(sagaId)).toEqual(['completed']);
    const closing = { status: 'redriven', closedAt: expect.any(String), closedBy: expect.any(String) };
    expect(await read(letter?.deadLetterId)).toEqual({ ...letter, ...closing });
    expect(await redriven(api, { deadLetterIds })).toMatchObject({ redriven: 0, skipped: 1 });
    const message = expectRefusal(
      await api.call(`/dead-letters/${letter?.deadLetterId}`, { method: 'DELETE' }),
      409,
      'CONFLICT',
    );
    expect(message).toMatch(/redriven at \d{4}-/);
  });

  it('that fails again is another one, which names the one before', async () => {
    const service = await stuckService();
    await service.failedSaga();
    const [first] = await openLetters(api, service.name, 1);
    expect(await redriven(api, { deadLetterIds: [first?.deadLetterId] })).toMatchObject({ redriven: 1 });
    const isNext = ({ redriveOf }: { redriveOf?: string | undefined }) => redriveOf === first?.deadLetterId;
    const [second] = await lettersWhere(api, { queue: 'http-service', count: 1 }, isNext);
    expect(second).toMatchObject({ status: 'open', fingerprint: first?.fingerprint, message: first?.message });
  });

  it('is deleted once, and as often as one likes', async () => {
    const service = await stuckService();
    await service.failedSaga();
    const [letter] = await openLetters(api, service.name, 1);
    const path = `/dead-letters/${letter?.deadLetterId}`;
    for (let times = 0; times < 2; times += 1) expect((await api.call(path, { method: 'DELETE' })).status).toBe(204);
    expect(await read(letter?.deadLetterId)).toMatchObject({ status: 'deleted' });
    expect(await redriven(api, { deadLetterIds: [letter?.deadLetterId] })).toMatchObject({ skipped: 1 });
  });

  it('is not edited to be another one', async () => {
    const service = await stuckService();
    await service.failedSaga();
    const [letter] = await openLetters(api, service.name, 1);
    const edit = { run: 7 };
    expectFaults(await api.post('/dead-letters/redrive', { deadLetterIds: [letter?.deadLetterId], edit }), [
      'edit.run',
    ]);
    expect(await read(letter?.deadLetterId)).toMatchObject({ status: 'open' });
  });
});

describe.concurrent('letters of one cause', () => {
  it('are counted together, and sent again in one call', async ({ expect: own }) => {
    const service = await stuckService();
    const sagaIds = await Promise.all(Array.from({ length: 12 }, service.failedSaga));
    const letters = await openLetters(api, service.name, sagaIds.length);
    const { fingerprint } = letters[0] ?? {};
    const group = async () =>
      (await api.data<{ items: DeadLetterGroup[] }>('/dead-letters/groups')).items.find(
        (one) => one.fingerprint === fingerprint,
      );
    const times = letters.map(({ timestamp }) => timestamp).sort();
    const seen = { firstSeen: times[0], lastSeen: times.at(-1) };
    const counted = { fingerprint, queue: 'http-service', count: sagaIds.length, ...seen };
    await own.poll(group).toEqual(counted);
    service.mend();
    const all = { matched: sagaIds.length, redriven: sagaIds.length, skipped: 0, failed: 0, outcomes: [] };
    expect(await redriven(api, { fingerprint, dryRun: true })).toEqual(all);
    expect(await redriven(api, { fingerprint })).toEqual(all);
    for (const id of sagaIds) expect(await compensationsOf(id)).toEqual(['completed']);
    await own.poll(group).toBeUndefined();
  });
});

describe.concurrent('a callback that was given up', () => {
  it('goes out after all, under its id', async () => {
    const [service, hook] = [await servers.service(json({ booked: 7 })), await servers.receiver(answer(410))];
    const wanted = { service: service.name, operation: 'book', payload: {}, callbackUrl: hook.url };
    const { requestId } = accepted(await api.post('/requests', wanted));
    const given = await untilDelivered(api, requestId, { count: 2, status: 'exhausted' });
    const letters = await lettersWhere(api, { queue: 'webhooks', count: 2 }, ({ message }) =>
      message.includes(requestId),
    );
    hook.behave(answer(200));
    const deadLetterIds = letters.map(({ deadLetterId }) => deadLetterId);
    expect(await redriven(api, { deadLetterIds })).toMatchObject({ matched: 2, redriven: 2 });
    await untilDelivered(api, requestId, { count: 2 });
    expect(hook.taken.map(webhookIdOf).sort()).toEqual(given.map(({ webhookId }) => webhookId).sort());
    expect(hook.taken.map((one) => toldBy(one).status).sort()).toEqual(['completed', 'processing']);
  });
});

describe('the desk refuses', () => {
  it.each([
    [{}, ['deadLetterIds']],
    [{ deadLetterIds: [UNKNOWN], fingerprint: '0123456789abcdef' }, ['fingerprint']],
    [{ deadLetterIds: [UNKNOWN, UNKNOWN] }, ['deadLetterIds.1']],
    [{ fingerprint: '0123456789abcdef', edit: {} }, ['edit']],
  ])('a redrive of %j', async (body, paths) => {
    expectFaults(await api.post('/dead-letters/redrive', body), paths);
  });

  it('letters that nobody knows', async () => {
    expectRefusal(await api.call(`/dead-letters/${UNKNOWN}`), 404, 'NOT_FOUND');
    expectRefusal(await api.call(`/dead-letters/${UNKNOWN}`, { method: 'DELETE' }), 404, 'NOT_FOUND');
    expectRefusal(await api.post('/dead-letters/redrive', { deadLetterIds: [UNKNOWN] }), 404, 'NOT_FOUND');
  });

  it('everybody but admins, also to read', async () => {
    const other = new ApiClient(await newKey('read', 'write', 'agent'));
    for (const path of ['/dead-letters', '/dead-letters/groups', `/dead-letters/${UNKNOWN}`])
      expectRefusal(await other.call(path), 403, 'FORBIDDEN');
    expectRefusal(await other.post('/dead-letters/redrive', { deadLetterIds: [UNKNOWN] }), 403, 'FORBIDDEN');
    expectRefusal(await other.call(`/dead-letters/${UNKNOWN}`, { method: 'DELETE' }), 403, 'FORBIDDEN');
  });
});
