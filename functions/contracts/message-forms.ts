import * as z from 'zod';
import { AnyEvent, StoredEvent } from './event.ts';
import { DOMAIN_PREFIX } from './event-names.ts';
import type { UndoAgain } from './sagas/saga-calls.ts';
import { EVENT_MATCHED, WEBHOOKS_DUE } from './webhooks.ts';

/** What a message must be so that its consumer takes it, and what of it says which message it is: no edit changes that. */
export interface MessageForm {
  schema: z.ZodType;
  /** Paths, their parts divided by dots. */
  identity: readonly string[];
}

const Id = z.string().min(1);

function envelope(detail: z.ZodType, ...identity: string[]): MessageForm {
  return { schema: z.looseObject({ 'detail-type': Id, detail }), identity: ['detail-type', ...identity] };
}

const WITH_DETAIL = envelope(z.looseObject({}));
const WITH_EVENT = envelope(AnyEvent, 'detail.eventId');
const WITH_DOMAIN_EVENT = envelope(StoredEvent, 'detail.eventId', 'detail.data.aggregateId', 'detail.data.version');

const BY_TYPE: ReadonlyMap<unknown, MessageForm> = new Map([
  [WEBHOOKS_DUE, envelope(z.looseObject({ stream: Id, deliveryId: Id.optional() }))],
  [
    EVENT_MATCHED,
    envelope(z.looseObject({ subscriptionId: Id, event: AnyEvent }), 'detail.subscriptionId', 'detail.event.eventId'),
  ],
]);

/** The form of what lies in an inbox, by the fields of its envelope. */
export function envelopeForm({ 'detail-type': type, detail }: Readonly<Record<string, unknown>>): MessageForm {
  const known = BY_TYPE.get(type);
  if (known !== undefined) return known;
  if (typeof type === 'string' && type.startsWith(DOMAIN_PREFIX)) return WITH_DOMAIN_EVENT;
  return typeof detail === 'object' && detail !== null && 'eventId' in detail ? WITH_EVENT : WITH_DETAIL;
}

/** The form of what is sent to a service: all of it says which step is meant. */
export const CALL_FORM: MessageForm = {
  schema: z.strictObject({
    do: z.literal('undo-again'),
    sagaId: Id,
    stepId: Id,
    run: z.int().min(1),
  }) satisfies z.ZodType<UndoAgain>,
  identity: ['do', 'sagaId', 'stepId', 'run'],
};
