import { describe, expect, it } from 'vitest';
import { ApiClient, dataOf, expectFaults, jsonOf } from '../support/cloud/api-client.ts';
import { receiver } from '../support/cloud/callbacks.ts';
import { cloud, commitsOf } from '../support/cloud/cloud.ts';
import { newCorrelationId } from '../support/cloud/task-flow.ts';
import { testService } from '../support/cloud/test-service.ts';
import { json } from '../support/outgoing/fault-server.ts';
import { refusedAddresses } from '../support/outgoing/refused-addresses.ts';

const api = new ApiClient(cloud.apiKey);
const forms = refusedAddresses.filter(({ leadsTo }) => leadsTo === undefined);

describe('an address that may not be called', () => {
  it('is refused by every row that takes one, with its kind and nothing else, and nobody comes near it', async () => {
    const [hook, service, correlationId] = [await receiver(), await testService(api, json({})), newCorrelationId()];
    const headers = { 'x-correlation-id': correlationId };
    for (const { url, fault } of forms) {
      const address = url.replace('PORT', `${hook.port}`);
      const request = { service: service.name, operation: 'book', payload: {}, callbackUrl: address };
      const reply = await api.post('/requests', request, headers);
      expectFaults(reply, ['callbackUrl']);
      const { error } = jsonOf(reply) as { error: { details: { message: string }[] } };
      expect([url, error.details[0]?.message]).toEqual([url, fault]);
    }
    for (const { url } of forms.filter((_, index) => index % 10 === 0)) {
      const address = url.replace('PORT', `${hook.port}`);
      const task = { type: 'simple_task', description: 'x', callbackUrl: address };
      expectFaults(await api.post('/tasks', task, headers), ['callbackUrl']);
      expectFaults(await api.post('/webhook-secret/test', { url: address }, headers), ['url']);
    }
    expect(await commitsOf(correlationId)).toBe(0);
    expect([hook.accepted(), service.accepted()]).toEqual([0, 0]);
    // The one that is allowed, by the same listener.
    expect(dataOf(await api.post('/webhook-secret/test', { url: hook.url }))).toMatchObject({ delivered: true });
    expect(hook.accepted()).toBe(1);
  });

  it('is the cloud’s own, in any spelling', async () => {
    const { port } = new URL(cloud.endpointUrl);
    for (const address of [`http://127.0.0.1:${port}/`, `http://localhost:${port}/`, `https://127.0.0.1:${port}/`]) {
      expectFaults(await api.post('/webhook-secret/test', { url: address }), ['url']);
    }
  });
});
