import { expect, it } from 'vitest';
import type { RequestAccepted } from '../../functions/contracts/api/request.ts';
import { waitFor } from '../../local/process/waiting.ts';
import { ApiClient, dataOf } from '../support/cloud/api-client.ts';
import { deliveriesOf, receiver, statusOf, toldBy } from '../support/cloud/callbacks.ts';
import { cloud } from '../support/cloud/cloud.ts';
import { testService } from '../support/cloud/test-service.ts';
import { json } from '../support/outgoing/fault-server.ts';
import { isDrill } from '../support/seeds.ts';

const REQUESTS = isDrill ? 1000 : 200;
const LIMIT_MS = isDrill ? 600_000 : 150_000;
/** A browser's worth of connections; more of them at once tell nothing but how many sockets there are. */
const AT_ONCE = 50;

it(`makes ${REQUESTS} requests that come at once, each of them once, and tells of each in order`, {
  timeout: LIMIT_MS + 60_000,
}, async () => {
  const api = new ApiClient(cloud.apiKey);
  const hook = await receiver();
  const service = await testService(api, (response, request) =>
    json({ echoed: JSON.parse(request.body) })(response, request),
  );
  const numbers = Array.from({ length: REQUESTS }, (_, number) => number);
  const submitted: RequestAccepted[] = [];
  const submit = async (): Promise<void> => {
    for (let number = numbers.shift(); number !== undefined; number = numbers.shift()) {
      const body = { service: service.name, operation: 'book', payload: { number }, callbackUrl: hook.url };
      const reply = await api.post('/requests', body);
      expect(reply.status).toBe(202);
      submitted.push(dataOf<RequestAccepted>(reply));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, submit));

  const allTold = () => hook.taken.length >= 2 * REQUESTS || undefined;
  await waitFor(allTold, { everyMs: 200, limitMs: LIMIT_MS });
  const told = Map.groupBy(hook.taken.map(toldBy), ({ requestId }) => String(requestId));
  const missing = submitted.filter(({ requestId }) => told.get(requestId)?.length !== 2);
  const states = missing.slice(0, 3).map(async ({ requestId }) => {
    return { ...(await statusOf(api, requestId)), deliveries: await deliveriesOf(api, requestId) };
  });
  expect(await Promise.all(states), `${missing.length} of ${REQUESTS} told otherwise than twice`).toEqual([]);
  for (const messages of told.values()) {
    expect(messages.map(({ status }) => status)).toEqual(['processing', 'completed']);
  }
  expect(told.size).toBe(REQUESTS);
  const called = service.requests.map(({ body }) => (JSON.parse(body) as { number: number }).number);
  expect(called.toSorted((one, other) => one - other)).toEqual(Array.from({ length: REQUESTS }, (_, number) => number));
});
