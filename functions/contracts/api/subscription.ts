import * as z from 'zod';
import { listQuery, pageOf } from './list.ts';
import { route } from './route.ts';
import { CallbackUrl, WebhookTest } from './webhook.ts';

const SUBSCRIPTION_STATUSES = ['pending', 'active', 'paused'] as const;

/** More tries than a message gets in two days help nobody. */
const MAX_ATTEMPTS = 10;

const EventType = z
  .string()
  .max(128)
  .regex(/^(?:[\w.:/-]+\*?|\*)$/, 'must be the type of an event, or its beginning and *')
  .meta({ description: 'Exact (`domain.TaskCompleted`), or a beginning and `*` (`domain.Task*`, `*`).' });

const Target = z.strictObject({ url: CallbackUrl });

const RetryPolicy = z.strictObject({
  maxAttempts: z.int().min(1).max(MAX_ATTEMPTS).default(3).meta({ description: 'Tries, the first one too.' }),
});

const Filter = z.record(z.string(), z.unknown()).meta({
  description: "An EventBridge event pattern over the event's `data`: `{ amount: [{ numeric: ['>', 100] }] }`.",
});

const SubscribeBody = z
  .strictObject({
    eventType: EventType,
    filter: Filter.optional(),
    target: Target,
    retryPolicy: RetryPolicy.default({ maxAttempts: 3 }),
    deadLetterQueue: z
      .boolean()
      .default(true)
      .meta({ description: 'What could not be delivered becomes a dead letter.' }),
  })
  .meta({ id: 'Subscribe' });

const Metrics = z.object({
  success: z.int().meta({ description: 'Events delivered.' }),
  error: z.int().meta({ description: 'Events given up.' }),
  lastError: z.string().optional().meta({ description: 'Of the last try that failed.' }),
});

/** A subscriber outside (seed: Subscription), and how it fares. */
export const Subscription = z
  .object({
    subscriptionId: z.string(),
    eventType: z.string(),
    filter: Filter.optional(),
    target: Target,
    retryPolicy: z.object({ maxAttempts: z.int() }),
    deadLetterQueue: z.boolean(),
    status: z.enum(SUBSCRIPTION_STATUSES).meta({
      description: '`pending`: its rule is taking effect; what happens meanwhile is brought from the log.',
    }),
    metrics: Metrics,
    createdAt: z.string(),
    updatedAt: z.string(),
  })
  .meta({ id: 'Subscription' });
export type Subscription = z.infer<typeof Subscription>;

const NewSubscription = Subscription.extend({
  secret: z.string().meta({ description: '`whsec_…`: signs what this subscription is sent. Shown here only.' }),
}).meta({ id: 'NewSubscription' });

const params = z.strictObject({
  subscriptionId: z.string().regex(/^sub_[0-9A-HJKMNP-TV-Z]{26}$/, 'must be a subscription id'),
});

export const subscriptionRoutes = {
  subscribe: route({
    id: 'subscribe',
    method: 'POST',
    path: '/api/v1/subscriptions',
    summary: 'Have matching events sent to an address, from now on',
    scope: 'write',
    idempotent: true,
    body: SubscribeBody,
    answer: { status: 201, data: NewSubscription },
    errors: ['LIMIT_EXCEEDED', 'CONFLICT'],
  }),
  listSubscriptions: route({
    id: 'listSubscriptions',
    method: 'GET',
    path: '/api/v1/subscriptions',
    summary: 'List subscriptions, newest first',
    scope: 'read',
    query: z.strictObject({ ...listQuery, status: z.enum(SUBSCRIPTION_STATUSES).optional() }),
    answer: { status: 200, data: pageOf(Subscription) },
    errors: [],
  }),
  getSubscription: route({
    id: 'getSubscription',
    method: 'GET',
    path: '/api/v1/subscriptions/{subscriptionId}',
    summary: 'Read a subscription and what became of its events',
    scope: 'read',
    params,
    answer: { status: 200, data: Subscription },
    errors: ['NOT_FOUND'],
  }),
  changeSubscription: route({
    id: 'changeSubscription',
    method: 'PATCH',
    path: '/api/v1/subscriptions/{subscriptionId}',
    summary: 'Pause a subscription, which keeps its events, or resume it, which delivers them',
    scope: 'write',
    params,
    body: z.strictObject({ status: z.enum(['active', 'paused']) }).meta({ id: 'ChangeSubscription' }),
    answer: { status: 200, data: Subscription },
    errors: ['NOT_FOUND'],
  }),
  unsubscribe: route({
    id: 'unsubscribe',
    method: 'DELETE',
    path: '/api/v1/subscriptions/{subscriptionId}',
    summary: 'End a subscription; what it was not sent yet, it is not sent any more',
    scope: 'write',
    params,
    answer: { status: 204 },
    errors: ['NOT_FOUND'],
  }),
  testSubscription: route({
    id: 'testSubscription',
    method: 'POST',
    path: '/api/v1/subscriptions/{subscriptionId}/test',
    summary: 'Send a signed test message once, and tell how it went',
    scope: 'write',
    params,
    answer: { status: 200, data: WebhookTest },
    errors: ['NOT_FOUND'],
  }),
};
