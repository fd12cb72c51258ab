import { describe, expect, it } from 'vitest';
import type { SagaExecution } from '../../functions/contracts/api/saga.ts';
import { ApiClient, dataOf, expectFaults, expectRefusal } from '../support/cloud/api-client.ts';
import { sharedServers } from '../support/cloud/callbacks.ts';
import { cloud } from '../support/cloud/cloud.ts';
import { endedSaga, sagaOf } from '../support/cloud/saga-flow.ts';
import { json } from '../support/outgoing/fault-server.ts';

const api = new ApiClient(cloud.apiKey);
const servers = sharedServers(api);

describe('the definition of a saga', () => {
  it('is kept, read, used, listed and removed', async () => {
    const booking = await servers.service(json({}));
    const definition = sagaOf(booking.name, { flight: {} });
    const at = `/saga-definitions/${definition.id}`;
    expect((await api.put(at, definition)).status).toBe(201);
    expect((await api.put(at, definition)).status).toBe(200);
    expect(await api.data(at)).toEqual(definition);
    const saga = dataOf<SagaExecution>(await api.create('/sagas', { definitionId: definition.id }));
    expect((await endedSaga(api, saga.id)).status).toBe('completed');
    expect((await api.call(at, { method: 'DELETE' })).status).toBe(204);
    expectRefusal(await api.call(at), 404, 'NOT_FOUND');
    expectRefusal(await api.post('/sagas', { definitionId: definition.id }), 404, 'NOT_FOUND');
    expect(await api.data(`/sagas/${saga.id}`)).toMatchObject({ definition });
  });

  it('is refused with the path of each fault', async () => {
    const definition = sagaOf('nobody', { flight: {}, hotel: { service: 'agent-service' } });
    expectFaults(await api.post('/sagas', { definition }), [
      'definition.steps.0.service',
      'definition.steps.1.service',
    ]);
    const [step] = definition.steps;
    const twice = { ...definition, steps: [step, step] };
    expectFaults(await api.post('/sagas', { definition: twice }), ['definition.steps.1.id']);
    expectFaults(await api.post('/sagas', { definition: { ...definition, steps: [] } }), ['definition.steps']);
    expectFaults(await api.post('/sagas', { definition: { ...definition, timeout: 0 } }), ['definition.timeout']);
  });
});
