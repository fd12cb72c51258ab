import { Webhook } from 'standardwebhooks';
import { afterAll, expect } from 'vitest';
import type { RequestAccepted, RequestState } from '../../../functions/contracts/api/request.ts';
import type { Service } from '../../../functions/contracts/api/service.ts';
import type { Delivery } from '../../../functions/contracts/api/webhook.ts';
import { waitFor } from '../../../local/process/waiting.ts';
import type { Behaviour, FaultServer, Received, Until } from '../outgoing/fault-server.ts';
import { answer, faultServer } from '../outgoing/fault-server.ts';
import type { ApiClient, Reply } from './api-client.ts';
import { jsonOf } from './api-client.ts';
import { testService } from './test-service.ts';

/** What a callback says of a request, or of a task. */
export type Told = { requestId?: string; taskId?: string; status: string; timestamp: string; [field: string]: unknown };

/** A receiver of callbacks. It lives as long as its test. */
export interface Receiver extends FaultServer {
  url: string;
  behave(behaviour: Behaviour): void;
  /** Everything that it answered with 2xx, in the order of arrival. */
  taken: Received[];
}

const OK = answer(204);

/** For a file whose tests run beside each other: services and receivers that live until all of them are over. */
export function sharedServers(api: ApiClient) {
  const ends: (() => Promise<void>)[] = [];
  const until: Until = (end) => void ends.push(end);
  afterAll(async () => {
    await Promise.all(ends.map((end) => end()));
  });
  return {
    service: (behaviour: Behaviour, settings: { breaker?: Partial<Service['breaker']> } = {}) =>
      testService(api, behaviour, { ...settings, until }),
    receiver: (behaviour: Behaviour = OK) => receiver(behaviour, until),
  };
}

export async function receiver(behaviour: Behaviour = OK, until?: Until): Promise<Receiver> {
  let now = behaviour;
  const taken: Received[] = [];
  const server = await faultServer(
    (response, request) => {
      response.on('finish', () => response.statusCode < 300 && taken.push(request));
      now(response, request);
    },
    until ? { until } : {},
  );
  return {
    ...server,
    url: `${server.origin}/hook?to=me`,
    taken,
    behave(next) {
      now = next;
    },
  };
}

export const toldBy = ({ body }: Received): Told => JSON.parse(body);

export const webhookIdOf = ({ headers }: Received): string => String(headers['webhook-id']);

/** Throws unless the reference library finds it signed by this secret. */
export function verified(secret: string, { body, headers }: Pick<Received, 'body' | 'headers'>): Told {
  return new Webhook(secret).verify(body, headers as Record<string, string>) as Told;
}

export async function secretOf(api: ApiClient): Promise<string> {
  return (await api.data<{ secret: string }>('/webhook-secret')).secret;
}

/** What a request that nobody waits for was answered with. */
export function accepted(reply: Reply): RequestAccepted {
  const { id, data } = jsonOf(reply) as { id: string; data: RequestAccepted };
  expect([reply.status, data.requestId]).toEqual([202, id]);
  return data;
}

export const statusOf = (api: ApiClient, requestId: string): Promise<RequestState> =>
  api.data<RequestState>(`/requests/${requestId}/status`);

/** The request once it has ended, well or not. */
export async function endedRequest(api: ApiClient, requestId: string, limitMs = 60_000): Promise<RequestState> {
  const ended = async () => {
    const request = await statusOf(api, requestId);
    return request.status === 'completed' || request.status === 'failed' ? request : undefined;
  };
  const request = await waitFor(ended, { everyMs: 200, limitMs });
  if (request === undefined) throw new Error(`${requestId} has not ended after ${limitMs / 1000} s.`);
  return request;
}

export async function deliveriesOf(api: ApiClient, requestId: string): Promise<Delivery[]> {
  return (await api.data<{ items: Delivery[] }>(`/requests/${requestId}/deliveries`)).items;
}

/** The deliveries of a request once each of so many stands so. */
export async function untilDelivered(
  api: ApiClient,
  requestId: string,
  { count, status = 'delivered', limitMs = 60_000 }: { count: number; status?: string; limitMs?: number },
): Promise<Delivery[]> {
  let last: Delivery[] = [];
  const look = async () => {
    last = await deliveriesOf(api, requestId);
    return last.length === count && last.every((one) => one.status === status) ? last : undefined;
  };
  const found = await waitFor(look, { everyMs: 250, limitMs });
  if (found === undefined) throw new Error(`${requestId}: ${JSON.stringify(last)}`);
  return found;
}
