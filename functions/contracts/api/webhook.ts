import * as z from 'zod';
import { DELIVERY_STATUSES } from '../webhooks.ts';
import { route } from './route.ts';

/** Where callbacks go. Whether it may be called at all, the server finds out (api.md, "A callback address"). */
export const CallbackUrl = z
  .string()
  .min(1)
  .max(2048)
  .meta({ description: 'https, a public address. Redirects are not followed.' });

const DeliveryAttempt = z.object({
  at: z.string(),
  statusCode: z.int().optional(),
  durationMs: z.int(),
  error: z.string().optional(),
});
export type DeliveryAttempt = z.infer<typeof DeliveryAttempt>;

/** One message to a callback address, and every try to bring it there. */
export const Delivery = z
  .object({
    deliveryId: z.string(),
    webhookId: z.string().meta({ description: '`webhook-id`: the same for every try, and for a replay.' }),
    status: z.enum(DELIVERY_STATUSES),
    body: z.unknown(),
    attempts: z.array(DeliveryAttempt).meta({ description: 'The newest 50, oldest first.' }),
  })
  .meta({ id: 'Delivery' });
export type Delivery = z.infer<typeof Delivery>;

const WebhookSecret = z.object({ secret: z.string().meta({ description: '`whsec_…`' }) }).meta({ id: 'WebhookSecret' });

const RotatedSecret = WebhookSecret.extend({
  previousSignsUntil: z.string().meta({ description: 'Until then the secret before signs beside the new one.' }),
}).meta({ id: 'RotatedSecret' });

const TestBody = z.strictObject({ url: CallbackUrl }).meta({ id: 'TestWebhook' });

/** How a test message went. */
export const WebhookTest = DeliveryAttempt.extend({ webhookId: z.string(), delivered: z.boolean() }).meta({
  id: 'WebhookTest',
});

export const webhookRoutes = {
  getWebhookSecret: route({
    id: 'getWebhookSecret',
    method: 'GET',
    path: '/api/v1/webhook-secret',
    summary: "Read the secret that signs the callbacks of this key's requests and tasks",
    scope: 'admin',
    answer: { status: 200, data: WebhookSecret },
    errors: [],
  }),
  rotateWebhookSecret: route({
    id: 'rotateWebhookSecret',
    method: 'POST',
    path: '/api/v1/webhook-secret/rotate',
    summary: 'Take a new secret; the old one signs beside it for a day',
    scope: 'admin',
    answer: { status: 200, data: RotatedSecret },
    errors: ['LIMIT_EXCEEDED'],
  }),
  testWebhook: route({
    id: 'testWebhook',
    method: 'POST',
    path: '/api/v1/webhook-secret/test',
    summary: 'Send a signed test message once, and tell how it went',
    scope: 'admin',
    body: TestBody,
    answer: { status: 200, data: WebhookTest },
    errors: [],
  }),
};
