import type { Subscription } from '../../../functions/contracts/api/subscription.ts';
import { dynamoIdempotency } from '../../../functions/shared/platform/http/dynamo-idempotency.ts';
import { httpPipeline } from '../../../functions/shared/platform/http/http-pipeline.ts';
import { addressFaults } from '../../../functions/shared/platform/outgoing/address-rules.ts';
import type { OutgoingWebhook } from '../../../functions/shared/platform/webhooks/webhook-sender.ts';
import { eventBridgePatterns } from '../../../functions/subscriptions/adapters/event-rules.ts';
import { subscriptionEndpoints } from '../../../functions/subscriptions/adapters/subscription-endpoints.ts';
import type { ApiCall } from '../api/api-calls.ts';
import { apiCaller } from '../api/api-calls.ts';
import { memorySecrets } from '../webhooks/memory-secrets.ts';
import { MemoryEventBridge } from './memory-event-bridge.ts';
import { memorySubscriptions } from './memory-subscription-store.ts';
import { HOOK } from './subscription-samples.ts';

const SUBSCRIPTIONS = '/api/v1/subscriptions';
export const SUBSCRIBE = { eventType: 'order.placed', target: { url: HOOK } };

const RULES = { plainHttpHosts: ['127.0.0.1'], refused: [] };
const PUBLIC = [{ address: '93.184.216.34', family: 4 }];

export type NewSubscription = Subscription & { secret: string };

/** The API of subscriptions, and what it keeps under an `Idempotency-Key` in the table of the test file. */
export function subscriptionApi() {
  const bridge = new MemoryEventBridge();
  const subscriptions = memorySubscriptions();
  const secrets = memorySecrets();
  const sent: OutgoingWebhook[] = [];
  /** The calls to the keeper. */
  const calls: string[] = [];
  const broken: { keep?: Error } = {};
  const endpoints = subscriptionEndpoints({
    subscriptions: subscriptions.store,
    patterns: eventBridgePatterns(),
    secrets,
    async send(webhook) {
      sent.push(webhook);
      const attempt = { at: '2026-08-19T10:00:00.000Z', durationMs: 3, statusCode: 200 };
      return { attempt, delivered: true, gone: false, retryAfterMs: 0 };
    },
    addressFaults: (address, path) => addressFaults(address, path, RULES, async () => PUBLIC),
    async keep(subscriptionId) {
      calls.push(subscriptionId);
      if (broken.keep) throw broken.keep;
    },
  });
  const api = apiCaller(httpPipeline(endpoints, { idempotency: dynamoIdempotency('Idempotency') }));
  const call = (method: string, path = '', more: Partial<ApiCall> = {}) =>
    api({ method, path: `${SUBSCRIPTIONS}${path}`, remainingMs: 28_000, ...more });
  const subscribe = (body: object = {}, more: Partial<ApiCall> = {}) =>
    call('POST', '', { body: { ...SUBSCRIBE, ...body }, ...more });
  return {
    bridge,
    ...subscriptions,
    secrets,
    sent,
    calls,
    broken,
    call,
    subscribe,
    subscribed: async (body: object = {}) => (await subscribe(body)).json.data as NewSubscription,
  };
}
