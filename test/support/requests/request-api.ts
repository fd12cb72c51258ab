import { setImmediate as rest } from 'node:timers/promises';
import { deliveryEndpoints } from '../../../functions/requests/adapters/delivery-endpoints.ts';
import type { RequestPorts } from '../../../functions/requests/adapters/request-endpoints.ts';
import { requestEndpoints } from '../../../functions/requests/adapters/request-endpoints.ts';
import { UNTOUCHED } from '../../../functions/shared/platform/breaker/breaker-record.ts';
import { dynamoIdempotency } from '../../../functions/shared/platform/http/dynamo-idempotency.ts';
import { httpPipeline } from '../../../functions/shared/platform/http/http-pipeline.ts';
import { addressFaults } from '../../../functions/shared/platform/outgoing/address-rules.ts';
import type { ApiCall } from '../api/api-calls.ts';
import { apiCaller } from '../api/api-calls.ts';
import { RequestWorld } from './request-world.ts';

const REQUESTS = '/api/v1/requests';
export const ASKED = { service: 'billing', operation: 'book', payload: { seat: 1 } };

const RULES = { plainHttpHosts: ['127.0.0.1'], refused: [] };
const PUBLIC = [{ address: '93.184.216.34', family: 4 }];
/** The one service that is registered. */
const BILLING = {
  name: 'billing',
  endpoint: 'https://billing.example',
  healthPath: '/health',
  breaker: {},
  createdAt: '2026-08-19T10:00:00.000Z',
  updatedAt: '2026-08-19T10:00:00.000Z',
};

/** The API of requests over a played world: whoever waits for an answer lets time pass. */
export function requestApi() {
  const world = new RequestWorld();
  /** What a test puts in the place of a port. */
  const broken: Partial<RequestPorts> = {};
  const ports: RequestPorts = {
    ...world.ports(),
    requests: world.requests,
    services: {
      find: async (name) =>
        broken.services?.find(name) ?? { ...(name === 'billing' && { registration: BILLING }), breaker: UNTOUCHED },
    },
    addressFaults: (text, path) => addressFaults(text, path, RULES, async () => PUBLIC),
    invoke: ({ requestId, until }) => world.work(requestId, until),
    order: (requestId, delayMs) => (broken.order ?? world.ports().order)(requestId, delayMs),
  };
  const { requests, deliveries } = world;
  const kick = async (stream: string) => void world.kicks.push(stream);
  const endpoints = [
    ...requestEndpoints({ ...ports, invoke: (order) => (broken.invoke ?? ports.invoke)(order) }),
    ...deliveryEndpoints({ requests, deliveries, kick }),
  ];
  const api = apiCaller(httpPipeline(endpoints, { idempotency: dynamoIdempotency('Idempotency') }));
  const call = (method: string, path = '', more: Partial<ApiCall> = {}) =>
    answered(world, api({ method, path: `${REQUESTS}${path}`, remainingMs: 29_000, ...more }));
  const create = (body: object = {}, headers: Record<string, string> = {}) =>
    call('POST', '', { body: { ...ASKED, ...body }, headers: { 'x-correlation-id': 'corr_1', ...headers } });
  return { world, broken, call, create };
}

/** Time passes in small steps until it is there. */
async function answered<Answer>({ time }: RequestWorld, answer: Promise<Answer>): Promise<Answer> {
  let isThere = false;
  const there = () => {
    isThere = true;
  };
  answer.then(there, there);
  while (!isThere) {
    for (let turn = 0; turn < 20 && !isThere; turn += 1) await rest();
    if (!isThere) await time.run(10);
  }
  return answer;
}
