import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { eventBridgeBus } from '../../../functions/events/adapters/event-bus.ts';
import { storedEvents } from '../../../functions/shared/platform/log/stored-event.ts';
import { commitOf } from '../../support/log/commits.ts';

const eventBridge = mockClient(EventBridgeClient);
beforeEach(() => {
  eventBridge.reset();
});

const events = storedEvents(commitOf('a', 0, '1', '2', '3'));
const send = () => eventBridgeBus('maos-test')(events);

describe('the bus on EventBridge', () => {
  it('sends each event whole, under its type, source, time and trace', async () => {
    eventBridge.on(PutEventsCommand).resolves({ FailedEntryCount: 0, Entries: [{ EventId: 'x' }, {}, {}] });
    expect(await send()).toEqual([{}, {}, {}]);
    const calls = eventBridge.commandCalls(PutEventsCommand);
    expect(calls).toHaveLength(1);
    expect(calls[0]?.args[0].input.Entries).toEqual(
      events.map((event) => ({
        EventBusName: 'maos-test',
        Source: 'domain',
        DetailType: 'domain.Noted',
        Time: new Date('2026-08-19T10:11:12.345Z'),
        Detail: JSON.stringify(event),
        TraceHeader: 'Root=1-5759e988-bd862e3fe1be46a994272793',
      })),
    );
  });

  it('answers for each entry in its place', async () => {
    const Entries = [
      { EventId: 'x' },
      { ErrorCode: 'ThrottlingException', ErrorMessage: 'slow' },
      { ErrorCode: 'Odd' },
    ];
    eventBridge.on(PutEventsCommand).resolves({ FailedEntryCount: 2, Entries });
    expect(await send()).toEqual([
      {},
      { errorCode: 'ThrottlingException', errorMessage: 'slow' },
      { errorCode: 'Odd', errorMessage: '' },
    ]);
  });

  it('takes a call that failed as a whole for a passing failure of every entry', async () => {
    eventBridge.on(PutEventsCommand).rejects(new Error('connect ECONNREFUSED'));
    const failure = { errorCode: 'ServiceUnavailable', errorMessage: 'connect ECONNREFUSED' };
    expect(await send()).toEqual([failure, failure, failure]);
    expect(eventBridge.commandCalls(PutEventsCommand)).toHaveLength(1);
  });

  it('sends the entries one by one where the request itself is refused, so that only its culprit is', async () => {
    const refusal = Object.assign(new Error('too large'), { name: 'ValidationException' });
    eventBridge.on(PutEventsCommand).callsFake(({ Entries }) => {
      if (Entries.some(({ Detail }: { Detail: string }) => Detail === JSON.stringify(events[1]))) throw refusal;
      return { Entries: Entries.map(() => ({ EventId: 'x' })) };
    });
    expect(await send()).toEqual([{}, { errorCode: 'ValidationException', errorMessage: 'too large' }, {}]);
    expect(eventBridge.commandCalls(PutEventsCommand)).toHaveLength(4);
  });

  it('has no outcome where the answer names none', async () => {
    eventBridge.on(PutEventsCommand).resolves({});
    expect(await send()).toEqual([]);
  });
});
