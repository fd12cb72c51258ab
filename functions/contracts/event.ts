import * as z from 'zod';

/** Every stored event's metadata (seed: EventMetadata as EventPublisher enriches it). */
const EventMetadata = z.object({
  /** When it happened: ISO 8601, UTC. */
  timestamp: z.string(),
  /** One id through everything that one request caused. */
  correlationId: z.string(),
  /** The id of the event or request that caused this one. */
  causationId: z.string().optional(),
  /** The version inside its aggregate, as text. */
  version: z.string(),
  /** The key that asked for it. */
  userId: z.string().optional(),
  eventId: z.string(),
  traceId: z.string(),
  publishedAt: z.string().optional(),
  /** The form of this envelope, not of the data. */
  schemaVersion: z.literal('1.0'),
});

/** What happened to one aggregate (seed: DomainEvent). `eventType` is without the `domain.` prefix. */
const DomainEvent = z.object({
  aggregateId: z.string(),
  eventType: z.string(),
  eventData: z.record(z.string(), z.unknown()),
  version: z.int(),
  timestamp: z.string(),
  eventId: z.string(),
});

/** An event as the API shows it and as the bus carries it (`detail`), whoever published it (seed: EnrichedEvent). */
export const AnyEvent = z
  .object({
    eventId: z.string(),
    /** `domain.<Type>` for domain events. */
    eventType: z.string(),
    source: z.string(),
    data: z.record(z.string(), z.unknown()),
    metadata: EventMetadata,
    /** Opaque; sorts in commit order, and within a commit in version order. */
    position: z.string(),
  })
  .meta({ id: 'Event' });
export type AnyEvent = z.infer<typeof AnyEvent>;

/** A domain event: something happened to an aggregate of ours. */
export const StoredEvent = AnyEvent.extend({ data: DomainEvent }).meta({ id: 'StoredEvent' });
export type StoredEvent = z.infer<typeof StoredEvent>;
