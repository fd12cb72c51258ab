import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { AnyEvent } from '../../contracts/event.ts';
import { messageOf } from '../../shared/kernel/errors.ts';
import type { EntryOutcome } from '../domain/publication.ts';

/** Sends one call's worth of events; the outcomes stand in the events' order. */
export type EventBus = (events: readonly AnyEvent[]) => Promise<EntryOutcome[]>;

/**
 * The bus on EventBridge. A call that fails as a whole (throttled, cut off, not allowed) is a passing failure of each of its entries.
 * Only where EventBridge refuses the request itself are the entries sent one by one, so that the others don't suffer for one.
 */
export function eventBridgeBus(busName: string): EventBus {
  const client = new EventBridgeClient({});
  const put: EventBus = async (events) => {
    try {
      const { Entries } = await client.send(
        new PutEventsCommand({ Entries: events.map((event) => entry(busName, event)) }),
      );
      return (Entries ?? []).map(({ ErrorCode, ErrorMessage }) =>
        ErrorCode === undefined ? {} : { errorCode: ErrorCode, errorMessage: ErrorMessage ?? '' },
      );
    } catch (error) {
      const outcome = { errorCode: isRefusal(error) ? REFUSAL : 'ServiceUnavailable', errorMessage: messageOf(error) };
      if (outcome.errorCode !== REFUSAL || events.length === 1) return events.map(() => outcome);
      return Promise.all(events.map(async (event) => (await put([event]))[0] ?? outcome));
    }
  };
  return put;
}

const REFUSAL = 'ValidationException';

function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.name === REFUSAL;
}

function entry(busName: string, event: AnyEvent) {
  return {
    EventBusName: busName,
    Source: event.source,
    DetailType: event.eventType,
    Time: new Date(event.metadata.timestamp),
    Detail: JSON.stringify(event),
    TraceHeader: `Root=${event.metadata.traceId}`,
  };
}
