import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { StoredEvent } from '../../contracts/event.ts';
import { messageOf } from '../../shared/kernel/errors.ts';
import type { EntryOutcome } from '../domain/publication.ts';

/** Sends one call's worth of events; the outcomes stand in the events' order. */
export type EventBus = (events: readonly StoredEvent[]) => Promise<EntryOutcome[]>;

/** The bus on EventBridge. A call that fails as a whole (throttled, cut off) is a passing failure of each of its entries. */
export function eventBridgeBus(busName: string): EventBus {
  const client = new EventBridgeClient({});
  return async (events) => {
    try {
      const { Entries } = await client.send(
        new PutEventsCommand({ Entries: events.map((event) => entry(busName, event)) }),
      );
      return (Entries ?? []).map(({ ErrorCode, ErrorMessage }) =>
        ErrorCode === undefined ? {} : { errorCode: ErrorCode, errorMessage: ErrorMessage ?? '' },
      );
    } catch (error) {
      return events.map(() => ({ errorCode: 'ServiceUnavailable', errorMessage: messageOf(error) }));
    }
  };
}

function entry(busName: string, event: StoredEvent) {
  return {
    EventBusName: busName,
    Source: event.source,
    DetailType: event.eventType,
    Time: new Date(event.metadata.timestamp),
    Detail: JSON.stringify(event),
    TraceHeader: `Root=${event.metadata.traceId}`,
  };
}
