/** The type of a message that tells none. */
export const UNREADABLE = 'unreadable';

/** The fields of a JSON object; none where the text is anything else. Nothing is known of their kinds. */
export function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    return fieldsIn(JSON.parse(text));
  } catch {
    return {};
  }
}

export function fieldsIn(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** What a message tells of itself, as far as it is an envelope around a stored event, also for one subscription, or such an event alone. */
export interface MessageIds {
  eventType: string;
  eventId: string | undefined;
  correlationId: string | undefined;
}

/** Anybody who may send to a queue can send anything: what is no type and no id is left out, and so never reaches a log line. */
export function idsOf(body: string): MessageIds {
  const fields = fieldsOf(body);
  const detail = 'detail' in fields ? fieldsIn(fields.detail) : fields;
  const event = 'event' in detail ? fieldsIn(detail.event) : detail;
  return {
    eventType: typeOf(fields['detail-type']) ?? UNREADABLE,
    eventId: idOf(event.eventId),
    correlationId: idOf(fieldsIn(event.metadata).correlationId),
  };
}

/** EventBridge takes no longer ones. */
const MAX_TYPE_CHARACTERS = 128;

function typeOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= MAX_TYPE_CHARACTERS ? value : undefined;
}

function idOf(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\w.-]{1,128}$/.test(value) ? value : undefined;
}
