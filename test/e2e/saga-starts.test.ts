import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { describe, expect, it } from 'vitest';
import type { SagaExecution } from '../../functions/contracts/api/saga.ts';
import { storedEvents } from '../../functions/shared/platform/log/stored-event.ts';
import { ApiClient, dataOf } from '../support/cloud/api-client.ts';
import { sharedServers } from '../support/cloud/callbacks.ts';
import { cloud, commitsOfAggregate, historyOfAggregate, output } from '../support/cloud/cloud.ts';
import { callsOf, endedSaga, sagaOf, startSaga } from '../support/cloud/saga-flow.ts';
import { newCorrelationId } from '../support/cloud/task-flow.ts';
import { json } from '../support/outgoing/fault-server.ts';

const api = new ApiClient(cloud.apiKey);
const servers = sharedServers(api);
const ONE_STEP = ['SagaStarted', 'SagaStepStarted', 'SagaStepCompleted', 'SagaCompleted'];

describe.concurrent('a saga is started once', () => {
  it('for one Idempotency-Key, however many calls come at once', async () => {
    const booking = await servers.service(json({}));
    const body = { definition: sagaOf(booking.name, { flight: {} }) };
    const key = { 'idempotency-key': newCorrelationId() };
    const replies = await Promise.all([1, 2, 3].map(() => api.post('/sagas', body, key)));
    const [again] = [await api.post('/sagas', body, key)];
    const { id } = dataOf<SagaExecution>(again);
    for (const reply of replies.filter(({ status }) => status === 202)) expect(dataOf(reply)).toMatchObject({ id });
    expect(replies.filter(({ status }) => ![202, 409].includes(status))).toEqual([]);
    await endedSaga(api, id);
    expect(callsOf(booking)).toEqual(['do-flight']);
  });

  it('where its starting event is delivered five times', async () => {
    const booking = await servers.service(json({}));
    const { id } = await startSaga(api, sagaOf(booking.name, { flight: {} }));
    const [started] = (await commitsOfAggregate(id)).flatMap(storedEvents);
    const entry = {
      EventBusName: output('EventBusName'),
      Source: 'domain',
      DetailType: 'domain.SagaStarted',
      Detail: JSON.stringify(started),
    };
    const again = new PutEventsCommand({ Entries: Array.from({ length: 5 }, () => entry) });
    expect(await new EventBridgeClient({}).send(again)).toMatchObject({ FailedEntryCount: 0 });
    await endedSaga(api, id);
    expect(callsOf(booking)).toEqual(['do-flight']);
    expect((await historyOfAggregate(id)).map(({ type }) => type)).toEqual(ONE_STEP);
  });
});
