import {
  DeleteRuleCommand,
  EventBridgeClient,
  ListRulesCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-eventbridge';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { eventBridgeRules } from '../../../functions/subscriptions/adapters/event-rules.ts';
import { sampleSubscription, userEvent } from '../../support/subscriptions/subscription-samples.ts';

const eventBridge = mockClient(EventBridgeClient);
beforeEach(() => {
  eventBridge.reset();
  eventBridge.on(PutTargetsCommand).resolves({ FailedEntryCount: 0, FailedEntries: [] });
  eventBridge.on(RemoveTargetsCommand).resolves({}).on(DeleteRuleCommand).resolves({});
});

const ID = 'sub_01ARZ3NDEKTSV4RRFFQ69G5FAV';
const RULE = `maos-test-${ID}`;
const rules = eventBridgeRules({
  bus: 'maos-test',
  prefix: 'maos-test-',
  inbox: 'arn:inbox',
  deadLetters: 'arn:letters',
});
const subscription = sampleSubscription({ subscriptionId: ID, filter: { total: [{ numeric: ['>', 5] }] } });
const calls = () => eventBridge.calls().map(({ args: [command] }) => [command.constructor.name, command.input]);
const gone = new ResourceNotFoundException({ $metadata: {}, message: 'Rule does not exist.' });

describe('the rule of a subscription', () => {
  it('is put with its pattern, and sends to the inbox what says whose it is', async () => {
    await rules.put(subscription);
    expect(calls()).toEqual([
      [
        'PutRuleCommand',
        {
          EventBusName: 'maos-test',
          Name: RULE,
          EventPattern: '{"detail-type":["order.placed"],"detail":{"data":{"total":[{"numeric":[">",5]}]}}}',
          Description: 'Made by MAOS for a subscription of its API, and removed with it',
        },
      ],
      [
        'PutTargetsCommand',
        {
          EventBusName: 'maos-test',
          Rule: RULE,
          Targets: [
            {
              Id: 'inbox',
              Arn: 'arn:inbox',
              DeadLetterConfig: { Arn: 'arn:letters' },
              InputTransformer: { InputPathsMap: { event: '$.detail' }, InputTemplate: expect.any(String) },
            },
          ],
        },
      ],
    ]);
  });

  it('makes a message of an event that is JSON, an envelope like all others', async () => {
    await rules.put(subscription);
    const { InputTransformer } = eventBridge.commandCalls(PutTargetsCommand)[0]?.args[0].input.Targets?.[0] ?? {};
    const event = userEvent({ data: { text: '"$&"<event>\\' } });
    const body = (InputTransformer?.InputTemplate ?? '').replace('<event>', () => JSON.stringify(event));
    expect(JSON.parse(body)).toEqual({ 'detail-type': 'maos.EventMatched', detail: { subscriptionId: ID, event } });
  });

  it('is not there where its target is refused', async () => {
    const FailedEntries = [{ TargetId: 'inbox', ErrorCode: 'X', ErrorMessage: 'no such queue' }];
    eventBridge.on(PutTargetsCommand).resolves({ FailedEntryCount: 1, FailedEntries });
    await expect(rules.put(subscription)).rejects.toThrow('EventBridge refused a target: no such queue');
  });

  it('is put again where it is there, with all that belongs to it', async () => {
    await rules.put(subscription);
    await rules.put(subscription);
    const all = calls();
    expect(all.slice(2)).toEqual(all.slice(0, 2));
  });

  it.each([PutRuleCommand, PutTargetsCommand])('that cannot be put is an error: %o', async (command) => {
    eventBridge.on(command as never).rejects(new Error('Rate exceeded'));
    await expect(rules.put(subscription)).rejects.toThrow('Rate exceeded');
  });
});

describe('a rule that is removed', () => {
  it('loses its target first', async () => {
    await rules.remove(ID);
    expect(calls()).toEqual([
      ['RemoveTargetsCommand', { EventBusName: 'maos-test', Rule: RULE, Ids: ['inbox'] }],
      ['DeleteRuleCommand', { EventBusName: 'maos-test', Name: RULE }],
    ]);
  });

  it('may be gone already', async () => {
    eventBridge.on(RemoveTargetsCommand).rejects(gone).on(DeleteRuleCommand).rejects(gone);
    await expect(rules.remove(ID)).resolves.toBeUndefined();
    expect(eventBridge.commandCalls(DeleteRuleCommand)).toHaveLength(1);
  });

  it.each([RemoveTargetsCommand, DeleteRuleCommand])('fails with every other error: %o', async (command) => {
    eventBridge.on(command as never).rejects(new Error('Rate exceeded'));
    await expect(rules.remove(ID)).rejects.toThrow('Rate exceeded');
  });
});

describe('the rules that are there', () => {
  it('are those of subscriptions which are on, over all pages', async () => {
    const rule = (id: string, State: 'ENABLED' | 'DISABLED' = 'ENABLED') => ({ Name: `maos-test-${id}`, State });
    eventBridge
      .on(ListRulesCommand)
      .resolvesOnce({ Rules: [rule('sub_1'), rule('sub_2', 'DISABLED')], NextToken: 'more' })
      .resolvesOnce({ NextToken: 'and more' })
      .resolvesOnce({ Rules: [rule('sub_3')] });
    expect(await rules.all()).toEqual(new Set(['sub_1', 'sub_3']));
    const from = { EventBusName: 'maos-test', NamePrefix: 'maos-test-sub_' };
    expect(calls().map(([, input]) => input)).toEqual([
      from,
      { ...from, NextToken: 'more' },
      { ...from, NextToken: 'and more' },
    ]);
  });

  it('may be none', async () => {
    eventBridge.on(ListRulesCommand).resolves({});
    expect(await rules.all()).toEqual(new Set());
  });
});
