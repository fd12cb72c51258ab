import { expect, it } from 'vitest';
import type { SagaExecution } from '../../functions/contracts/api/saga.ts';
import { ApiClient, dataOf } from '../support/cloud/api-client.ts';
import { cloud } from '../support/cloud/cloud.ts';
import { endedSaga, operationOf, sagaOf } from '../support/cloud/saga-flow.ts';
import { testService } from '../support/cloud/test-service.ts';
import { json } from '../support/outgoing/fault-server.ts';
import { isDrill } from '../support/seeds.ts';

const SAGAS = isDrill ? 200 : 50;
const LIMIT_MS = isDrill ? 900_000 : 200_000;
/** A browser's worth of connections; more of them at once tell nothing but how many sockets there are. */
const AT_ONCE = 50;
const FULL = json({ code: 'FULL', message: 'There is no room.' }, 409);

it(`drives ${SAGAS} sagas that come at once to their ends, every call made once`, {
  timeout: LIMIT_MS + 60_000,
}, async () => {
  const api = new ApiClient(cloud.apiKey);
  // Every second saga fails at its last step, and is undone.
  const service = await testService(api, (response, request) => {
    const isRefused = operationOf(request) === 'do-c' && JSON.parse(request.body).number % 2 === 1;
    (isRefused ? FULL : json({ [operationOf(request)]: true }))(response, request);
  });
  const definition = sagaOf(service.name, { a: {}, b: {}, c: {} });
  const numbers = Array.from({ length: SAGAS }, (_, number) => number);
  const started: SagaExecution[] = [];
  const waiting = [...numbers];
  const start = async (): Promise<void> => {
    for (let number = waiting.shift(); number !== undefined; number = waiting.shift()) {
      started[number] = dataOf<SagaExecution>(await api.create('/sagas', { definition, data: { number } }));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, start));
  const ended = await Promise.all(started.map(({ id }) => endedSaga(api, id, { everyMs: 2000, limitMs: LIMIT_MS })));
  expect(ended.map(({ status }) => status)).toEqual(numbers.map((n) => (n % 2 === 0 ? 'completed' : 'failed')));

  const keys = service.requests.map(({ headers }) => String(headers['idempotency-key']));
  const wanted = started.flatMap(({ id }, number) => [
    ...['a', 'b', 'c'].map((step) => `${id}:${step}:1`),
    ...(number % 2 === 1 ? ['b', 'a'].map((step) => `${id}:${step}:1:undo`) : []),
  ]);
  expect(keys.toSorted()).toEqual(wanted.toSorted());
});
