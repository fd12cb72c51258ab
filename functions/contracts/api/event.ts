import * as z from 'zod';
import { CORRELATION_ID } from '../correlation-id.ts';
import { AnyEvent } from '../event.ts';
import { listQuery, pageOf } from './list.ts';
import { route } from './route.ts';

/** Names that the product, its stages and AWS speak by (api.md, "Events and subscriptions"). */
const RESERVED = /^(?:domain|maos|aws)(?:\.|$)/i;

/** EventBridge takes 128 characters for a type and 256 for a source. Letters, digits and the marks that divide them. */
const named = (max: number) =>
  z
    .string()
    .regex(new RegExp(`^[\\w.:/-]{1,${max}}$`), `must be 1 to ${max} letters, digits, _ . : / or -`)
    .refine((name) => !RESERVED.test(name), 'is reserved: domain., maos. and aws. are not yours to publish');

const Id = z.string().regex(CORRELATION_ID, 'must be 1 to 128 letters, digits, . _ or -');

/** One entry of the bus ends at 256 KB, and the event's own envelope needs some of it. */
const MAX_DATA_BYTES = 240 * 1024;

/** As `AnyEvent.position`: when, where in which aggregate, and the place inside its commit. */
const POSITION = /^\d{4}-\d\d-\d\dT[\d:.]+Z_\S+_\d{9}_\d{3,}$/;

const PublishBody = z
  .strictObject({
    eventType: named(128),
    source: named(256),
    data: z
      .record(z.string(), z.unknown())
      .refine((data) => new TextEncoder().encode(JSON.stringify(data)).byteLength <= MAX_DATA_BYTES, {
        message: `must be at most ${MAX_DATA_BYTES} bytes of JSON`,
      }),
    metadata: z
      .strictObject({
        correlationId: Id.optional().meta({ description: "The call's own where it is left out." }),
        causationId: Id.optional(),
        userId: Id.optional().meta({ description: 'Who it is published for; the id of the key where it is left out.' }),
      })
      .default({}),
  })
  .meta({ id: 'PublishEvent' });

const Publication = z
  .object({
    status: z.enum(['pending', 'published', 'failed']),
    attempts: z.int(),
    publishedAt: z.string().optional(),
    error: z.string().optional(),
  })
  .meta({ id: 'Publication', description: 'What became of it on its way to the bus.' });
export type Publication = z.infer<typeof Publication>;

const PublishedEvent = AnyEvent.extend({ publication: Publication }).meta({ id: 'PublishedEvent' });

export const eventRoutes = {
  publishEvent: route({
    id: 'publishEvent',
    method: 'POST',
    path: '/api/v1/events',
    summary: 'Publish an event of your own',
    scope: 'write',
    idempotent: true,
    body: PublishBody,
    answer: { status: 202, data: AnyEvent },
    errors: ['CONFLICT'],
  }),
  listEvents: route({
    id: 'listEvents',
    method: 'GET',
    path: '/api/v1/events',
    summary: 'List the events of one aggregate, or all events behind a position, oldest first',
    scope: 'read',
    query: z.strictObject({
      ...listQuery,
      aggregateId: z.string().min(1).max(256).optional(),
      since: z.string().max(512).regex(POSITION, 'is not the position of an event').optional().meta({
        description:
          'The `position` of the last event that you have; from the first one on where it is left out. Only what is older than 5 s is shown, each at least once, in order per aggregate.',
      }),
    }),
    answer: { status: 200, data: pageOf(AnyEvent) },
    errors: [],
  }),
  getEvent: route({
    id: 'getEvent',
    method: 'GET',
    path: '/api/v1/events/{eventId}',
    summary: 'Read an event, and whether it was published',
    scope: 'read',
    params: z.strictObject({ eventId: z.string().min(1).max(512) }),
    answer: { status: 200, data: PublishedEvent },
    errors: ['NOT_FOUND'],
  }),
};
export type EventListQuery = z.infer<typeof eventRoutes.listEvents.query>;
