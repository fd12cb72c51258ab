import type { Subscription } from '../../contracts/api/subscription.ts';
import { subscriptionRoutes } from '../../contracts/api/subscription.ts';
import type { Fault } from '../../shared/kernel/errors.ts';
import { AppError, invalid, messageOf } from '../../shared/kernel/errors.ts';
import { cursorTo, placeOf } from '../../shared/platform/cursor.ts';
import type { DataAnswer, KeptAnswer } from '../../shared/platform/http/answer.ts';
import { NO_CONTENT } from '../../shared/platform/http/answer.ts';
import { endpoint } from '../../shared/platform/http/http-pipeline.ts';
import type { HttpRequest } from '../../shared/platform/http/http-request.ts';
import { newLogger } from '../../shared/platform/logger.ts';
import type { WebhookSecrets } from '../../shared/platform/webhooks/webhook-secrets.ts';
import type { SendWebhook } from '../../shared/platform/webhooks/webhook-sender.ts';
import { MAX_PATTERN_CHARACTERS, patternOf } from '../domain/event-pattern.ts';
import type { SubscriptionRecord } from '../domain/subscription.ts';
import { newSubscription, statusOf, viewOf } from '../domain/subscription.ts';
import type { EventPatterns } from './event-rules.ts';
import type { SubscriptionChange, SubscriptionStore } from './subscription-store.ts';
import { MAX_SUBSCRIPTIONS } from './subscription-store.ts';

export interface SubscriptionPorts {
  subscriptions: SubscriptionStore;
  patterns: Pick<EventPatterns, 'refusal'>;
  secrets: Pick<WebhookSecrets, 'active'>;
  send: SendWebhook;
  addressFaults(address: string, path: string): Promise<Fault[]>;
  /** Has the keeper look after a subscription. One that is lost is made up for each minute. */
  keep(subscriptionId: string): Promise<void>;
}

const logger = newLogger();

/** The seed's subscriber, for those outside. */
export function subscriptionEndpoints(ports: SubscriptionPorts) {
  return [
    endpoint(
      subscriptionRoutes.subscribe,
      (request) => subscribe(ports, request),
      (answer) => withSecret(ports, answer),
    ),
    endpoint(subscriptionRoutes.listSubscriptions, async ({ query }) => ({
      kind: 'data',
      data: page(await ports.subscriptions.all(), query),
    })),
    endpoint(subscriptionRoutes.getSubscription, async ({ params }) => ({
      kind: 'data',
      data: viewOf(await find(ports, params.subscriptionId)),
    })),
    endpoint(subscriptionRoutes.changeSubscription, (request) => change(ports, request)),
    endpoint(subscriptionRoutes.unsubscribe, async ({ params: { subscriptionId }, now }) => {
      await changed(ports, await find(ports, subscriptionId), { isEnding: true, updatedAt: now });
      return NO_CONTENT;
    }),
    endpoint(subscriptionRoutes.testSubscription, (request) => sendTest(ports, request)),
  ];
}

async function subscribe(
  ports: SubscriptionPorts,
  { body, caller, newId, now }: HttpRequest<typeof subscriptionRoutes.subscribe>,
): Promise<KeptAnswer> {
  const { eventType, filter, target, retryPolicy, deadLetterQueue: deadLetters } = body;
  const subscription = newSubscription({
    subscriptionId: newId('sub'),
    eventType,
    ...(filter !== undefined && { filter }),
    url: target.url,
    maxAttempts: retryPolicy.maxAttempts,
    deadLetters,
    keyId: caller.keyId,
    createdAt: now,
  });
  const faults = [
    ...(await ports.addressFaults(target.url, 'target.url')),
    ...(await patternFaults(ports, subscription)),
  ];
  if (faults.length > 0) throw invalid(faults);
  const outcome = await ports.subscriptions.create(subscription);
  if (outcome === 'full')
    throw new AppError('LIMIT_EXCEEDED', `There are ${MAX_SUBSCRIPTIONS} subscriptions already; end one first.`);
  await kept(ports, subscription.subscriptionId);
  return { kind: 'data', data: viewOf(await find(ports, subscription.subscriptionId)) };
}

/** The last word on a pattern has EventBridge. */
async function patternFaults({ patterns }: SubscriptionPorts, subscription: SubscriptionRecord): Promise<Fault[]> {
  if (subscription.filter === undefined) return [];
  if (Object.keys(subscription.filter).length === 0) return [{ path: 'filter', message: 'names no field' }];
  const { length } = JSON.stringify(patternOf(subscription));
  if (length > MAX_PATTERN_CHARACTERS) {
    const message = `makes a pattern of ${length} characters, and EventBridge takes ${MAX_PATTERN_CHARACTERS}`;
    return [{ path: 'filter', message }];
  }
  const refusal = await patterns.refusal(subscription);
  return refusal === undefined ? [] : [{ path: 'filter', message: `is no pattern to EventBridge: ${refusal}` }];
}

/** Derived for each answer anew, so that no record of answers holds it. */
async function withSecret({ secrets }: SubscriptionPorts, answer: KeptAnswer): Promise<KeptAnswer> {
  if (answer.kind === 'error') return answer;
  const subscription = answer.data as Subscription;
  const [secret] = await secrets.active(subscription.subscriptionId);
  return { ...answer, data: { ...subscription, secret } };
}

const LIST = 'subscriptions';

function page(
  all: readonly SubscriptionRecord[],
  { limit, cursor, status }: HttpRequest<typeof subscriptionRoutes.listSubscriptions>['query'],
) {
  const after = cursor === undefined ? undefined : placeOf(cursor, LIST, ['sort']).sort;
  const sortOf = ({ createdAt, subscriptionId }: SubscriptionRecord) => `${createdAt}#${subscriptionId}`;
  const found = all
    .filter((one) => !one.isEnding && (status === undefined || statusOf(one) === status))
    .filter((one) => after === undefined || sortOf(one) < after)
    .sort((one, other) => (sortOf(one) < sortOf(other) ? 1 : -1));
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const nextCursor = found.length > limit && last !== undefined ? cursorTo(LIST, { sort: sortOf(last) }) : null;
  return { items: items.map(viewOf), nextCursor };
}

async function find({ subscriptions }: SubscriptionPorts, subscriptionId: string): Promise<SubscriptionRecord> {
  const subscription = await subscriptions.find(subscriptionId);
  if (subscription === undefined || subscription.isEnding) throw notFound(subscriptionId);
  return subscription;
}

function notFound(subscriptionId: string): AppError {
  return new AppError('NOT_FOUND', `There is no subscription ${subscriptionId}.`);
}

async function change(
  ports: SubscriptionPorts,
  { params, body: { status }, now }: HttpRequest<typeof subscriptionRoutes.changeSubscription>,
): Promise<DataAnswer> {
  const isPaused = status === 'paused';
  const subscription = await find(ports, params.subscriptionId);
  if (subscription.isPaused === isPaused) return { kind: 'data', data: viewOf(subscription) };
  const what = { isPaused, updatedAt: now, ...(!isPaused && { resumedAt: now }) };
  return { kind: 'data', data: viewOf(await changed(ports, subscription, what)) };
}

async function changed(
  ports: SubscriptionPorts,
  { subscriptionId }: SubscriptionRecord,
  what: SubscriptionChange,
): Promise<SubscriptionRecord> {
  const now = await ports.subscriptions.change(subscriptionId, what);
  if (now === undefined) throw notFound(subscriptionId);
  await kept(ports, subscriptionId);
  return now;
}

async function kept({ keep }: SubscriptionPorts, subscriptionId: string): Promise<void> {
  await keep(subscriptionId).catch((error: unknown) => {
    logger.warn('A subscription waits for the next look', { subscriptionId, reason: messageOf(error) });
  });
}

async function sendTest(
  ports: SubscriptionPorts,
  { params, correlationId, now, newId }: HttpRequest<typeof subscriptionRoutes.testSubscription>,
): Promise<DataAnswer> {
  const { subscriptionId, url } = await find(ports, params.subscriptionId);
  const webhookId = newId('msg');
  const body = JSON.stringify({ type: 'subscription.test', subscriptionId, timestamp: now });
  const secrets = await ports.secrets.active(subscriptionId);
  const { attempt, delivered } = await ports.send({ url, webhookId, body, secrets, correlationId });
  return { kind: 'data', data: { webhookId, delivered, ...attempt } };
}
