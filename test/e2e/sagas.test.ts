import { describe, expect, it } from 'vitest';
import type { Page } from '../../functions/contracts/api/list.ts';
import type { SagaExecution } from '../../functions/contracts/api/saga.ts';
import { waitFor } from '../../local/process/waiting.ts';
import { ApiClient, dataOf, expectFaults, expectRefusal } from '../support/cloud/api-client.ts';
import { sharedServers } from '../support/cloud/callbacks.ts';
import { cloud } from '../support/cloud/cloud.ts';
import { openLetters } from '../support/cloud/dead-letter-flow.ts';
import { callsOf, endedSaga, operationOf, sagaOf, startSaga } from '../support/cloud/saga-flow.ts';
import type { Behaviour } from '../support/outgoing/fault-server.ts';
import { json } from '../support/outgoing/fault-server.ts';

const api = new ApiClient(cloud.apiKey);
const servers = sharedServers(api);
const FULL = json({ code: 'FULL', message: 'There is no seat.' }, 409);

/** Does every operation with its own name as the result, but for those that it is told to do otherwise. */
function service(otherwise: Record<string, Behaviour> = {}) {
  return servers.service((response, request) => {
    const operation = operationOf(request);
    (otherwise[operation] ?? json({ [operation]: true }))(response, request);
  });
}

describe.concurrent('a saga of a user', () => {
  it('calls its services step by step, with the input, the data and the results so far', async () => {
    const booking = await service();
    const definition = sagaOf(booking.name, { flight: { input: { seat: '1A', city: 'none' } }, hotel: {} });
    const started = await startSaga(api, definition, { city: 'Wien' });
    expect(started).toMatchObject({ status: 'running', definition, data: { city: 'Wien' }, currentStep: 'flight' });
    const ended = await endedSaga(api, started.id);
    expect(ended).toMatchObject({
      ...{ status: 'completed', compensations: [], currentStep: null },
      data: { city: 'Wien', 'do-flight': true, 'do-hotel': true },
      completedSteps: [
        { stepId: 'flight', result: { 'do-flight': true } },
        { stepId: 'hotel', result: { 'do-hotel': true } },
      ],
    });
    expect(callsOf(booking)).toEqual(['do-flight', 'do-hotel']);
    const [flight, hotel] = booking.requests;
    expect(JSON.parse(flight?.body ?? '')).toEqual({ seat: '1A', city: 'Wien' });
    expect(JSON.parse(hotel?.body ?? '')).toEqual({ city: 'Wien', 'do-flight': true });
    expect(flight?.headers['idempotency-key']).toBe(`${started.id}:flight:1`);
  });

  it('undoes what was done in reverse order, with what it gave, and says why it failed', async () => {
    const booking = await service({ 'do-car': FULL });
    const { id } = await startSaga(api, sagaOf(booking.name, { flight: {}, hotel: {}, car: {} }), { city: 'Wien' });
    const ended = await endedSaga(api, id);
    const error = { code: 'SERVICE_ERROR', message: expect.stringMatching(/FULL There is no seat\.$/) };
    expect(ended).toMatchObject({ status: 'failed', error, currentStep: 'car' });
    expect(ended.compensations.map(({ stepId, status }) => [stepId, status])).toEqual([
      ['hotel', 'completed'],
      ['flight', 'completed'],
    ]);
    expect(callsOf(booking)).toEqual(['do-flight', 'do-hotel', 'do-car', 'undo-hotel', 'undo-flight']);
    const [, , , undoHotel] = booking.requests;
    expect(JSON.parse(undoHotel?.body ?? '')).toEqual({
      originalResult: { 'do-hotel': true },
      sagaData: { city: 'Wien', 'do-flight': true, 'do-hotel': true },
    });
  });

  it('goes on where a compensation fails, and lists that', async () => {
    const booking = await service({ 'do-car': FULL, 'undo-hotel': FULL });
    const { id } = await startSaga(api, sagaOf(booking.name, { flight: {}, hotel: {}, car: {} }));
    const ended = await endedSaga(api, id);
    expect(ended.compensations).toMatchObject([
      { stepId: 'hotel', compensation: 'undo-hotel', status: 'failed', error: { code: 'SERVICE_ERROR' } },
      { stepId: 'flight', compensation: 'undo-flight', status: 'completed' },
    ]);
  });

  it('fails with RESULT_TOO_LARGE where a step gives more than it may, and undoes the others', async () => {
    const booking = await service({ 'do-hotel': json({ rooms: 'x'.repeat(66_000) }) });
    const { id } = await startSaga(api, sagaOf(booking.name, { flight: {}, hotel: {} }));
    const ended = await endedSaga(api, id);
    expect(ended).toMatchObject({ status: 'failed', error: { code: 'RESULT_TOO_LARGE' }, data: { 'do-flight': true } });
    expect(callsOf(booking)).toEqual(['do-flight', 'do-hotel', 'undo-flight']);
  });

  it('undoes for good what it could not undo, when the dead letter of that is sent again', async () => {
    let isStuck = true;
    const booking = await service({
      'do-hotel': FULL,
      'undo-flight': (response, request) => (isStuck ? FULL : json({}))(response, request),
    });
    const { id } = await startSaga(api, sagaOf(booking.name, { flight: {}, hotel: {} }));
    expect((await endedSaga(api, id)).compensations).toMatchObject([{ stepId: 'flight', status: 'failed' }]);
    const [letter] = await openLetters(api, booking.name, 1);
    isStuck = false;
    const outcome = dataOf(await api.post('/dead-letters/redrive', { deadLetterIds: [letter?.deadLetterId] }));
    expect(outcome).toMatchObject({ redriven: 1 });
    const saga = await api.data<SagaExecution>(`/sagas/${id}`);
    expect(saga).toMatchObject({ status: 'failed', compensations: [{ stepId: 'flight', status: 'completed' }] });
    expect(callsOf(booking)).toEqual(['do-flight', 'do-hotel', 'undo-flight', 'undo-flight']);
  });

  it('is resumed at the step that failed, with edited input, under its id', async () => {
    let isFull = true;
    const booking = await service({
      'do-hotel': (response, request) => (isFull ? FULL : json({ room: 7 }))(response, request),
    });
    const steps = { flight: { compensation: undefined }, hotel: { input: { beds: 1 } } };
    const { id } = await startSaga(api, sagaOf(booking.name, steps));
    expect(await endedSaga(api, id)).toMatchObject({ status: 'failed' });
    isFull = false;
    const reply = await api.post(`/sagas/${id}/resume`, { input: { beds: 2 } });
    expect([reply.status, dataOf<SagaExecution>(reply).status]).toEqual([202, 'running']);
    expect(await endedSaga(api, id)).toMatchObject({ id, status: 'completed', data: { 'do-flight': true, room: 7 } });
    expect(callsOf(booking)).toEqual(['do-flight', 'do-hotel', 'do-hotel']);
    const last = booking.requests.at(-1);
    expect([JSON.parse(last?.body ?? '').beds, last?.headers['idempotency-key']]).toEqual([2, `${id}:hotel:2`]);
  });

  it('is not resumed behind what was undone, and says why', async () => {
    const booking = await service({ 'do-hotel': FULL });
    const { id } = await startSaga(api, sagaOf(booking.name, { flight: {}, hotel: {} }));
    await endedSaga(api, id);
    expectRefusal(await api.post(`/sagas/${id}/resume`, {}), 409, 'RESUME_REFUSED');
    expectFaults(await api.post(`/sagas/${id}/resume`, { fromStep: 'car' }), ['fromStep']);
    expect(callsOf(booking)).toEqual(['do-flight', 'do-hotel', 'undo-flight']);
  });

  it('is cancelled in mid-step: the step ends, then everything done is undone', async () => {
    let letGo = () => {};
    const booking = await service({
      'do-hotel': (response, request) => {
        letGo = () => json({ late: true })(response, request);
      },
    });
    const { id } = await startSaga(api, sagaOf(booking.name, { flight: {}, hotel: {}, car: {} }));
    await waitFor(async () => (booking.requests.length === 2 ? true : undefined), { everyMs: 100, limitMs: 60_000 });
    expect((await api.post(`/sagas/${id}/cancel`, { reason: 'It rains.' })).status).toBe(202);
    letGo();
    expect(await endedSaga(api, id)).toMatchObject({
      ...{ status: 'failed', error: { code: 'CANCELLED', message: 'It rains.' } },
      data: { late: true },
    });
    expect(callsOf(booking)).toEqual(['do-flight', 'do-hotel', 'undo-hotel', 'undo-flight']);
  });

  it('is listed by its status', async () => {
    const booking = await service();
    const { id } = await startSaga(api, sagaOf(booking.name, { flight: {} }));
    await endedSaga(api, id);
    const listed = async (status: string) =>
      (await api.data<Page<SagaExecution>>(`/sagas?limit=100&status=${status}`)).items.some((one) => one.id === id);
    expect(await waitFor(async () => (await listed('completed')) || undefined, { everyMs: 200, limitMs: 15_000 })).toBe(
      true,
    );
    expect(await listed('failed')).toBe(false);
  });
});
