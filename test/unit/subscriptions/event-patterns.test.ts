import { EventBridgeClient, InvalidEventPatternException, TestEventPatternCommand } from '@aws-sdk/client-eventbridge';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { eventBridgePatterns } from '../../../functions/subscriptions/adapters/event-rules.ts';
import { userEvent } from '../../support/subscriptions/subscription-samples.ts';

const eventBridge = mockClient(EventBridgeClient);
beforeEach(() => {
  eventBridge.reset();
});

const patterns = eventBridgePatterns();
const filter = { color: ['red'] };
const asked = () => eventBridge.commandCalls(TestEventPatternCommand).map(({ args: [{ input }] }) => input);
const says = (Result: boolean) => eventBridge.on(TestEventPatternCommand).resolves({ Result });

describe('what a pattern means', () => {
  it('is asked with the whole pattern and a whole event', async () => {
    says(true);
    const event = userEvent({ data: { color: 'red' } });
    expect(await patterns.matches({ eventType: 'order.*', filter }, event)).toBe(true);
    const [{ EventPattern, Event }] = asked() as [{ EventPattern: string; Event: string }];
    expect(JSON.parse(EventPattern)).toEqual({
      'detail-type': [{ prefix: 'order.' }],
      detail: { data: filter },
    });
    // TestEventPattern refuses an event that lacks one of these.
    expect(JSON.parse(Event)).toEqual({
      id: expect.any(String),
      account: expect.any(String),
      source: 'shop',
      time: expect.any(String),
      region: expect.any(String),
      resources: [],
      'detail-type': 'order.placed',
      detail: event,
    });
  });

  it.each([true, false])('is what EventBridge says: %s', async (said) => {
    says(said);
    expect(await patterns.matches({ eventType: '*', filter }, userEvent())).toBe(said);
  });

  it('is not asked where the type decides alone', async () => {
    expect(await patterns.matches({ eventType: 'order.placed' }, userEvent())).toBe(true);
    expect(await patterns.matches({ eventType: 'order.lost', filter }, userEvent())).toBe(false);
    expect(asked()).toEqual([]);
  });

  it('is not guessed where EventBridge cannot be asked', async () => {
    eventBridge.on(TestEventPatternCommand).rejects(new Error('Rate exceeded'));
    await expect(patterns.matches({ eventType: '*', filter }, userEvent())).rejects.toThrow('Rate exceeded');
  });
});

describe('a pattern', () => {
  it('that EventBridge can read is not refused, whether the test matched or not', async () => {
    says(false);
    expect(await patterns.refusal({ eventType: 'order.placed', filter })).toBeUndefined();
    expect(JSON.parse(asked()[0]?.EventPattern ?? '')).toEqual({
      'detail-type': ['order.placed'],
      detail: { data: filter },
    });
  });

  it('that it cannot is refused with its reason', async () => {
    const message = 'Event pattern is not valid. Reason: "color" must be an object or an array';
    eventBridge
      .on(TestEventPatternCommand)
      .rejects(new InvalidEventPatternException({ $metadata: {}, message }) as never);
    expect(await patterns.refusal({ eventType: '*', filter: { color: 'red' } })).toBe(message);
  });

  it('is not refused for an error of another kind', async () => {
    eventBridge.on(TestEventPatternCommand).rejects(new Error('Rate exceeded'));
    await expect(patterns.refusal({ eventType: '*', filter })).rejects.toThrow('Rate exceeded');
  });
});
