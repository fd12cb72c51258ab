import {
  DeleteRuleCommand,
  EventBridgeClient,
  InvalidEventPatternException,
  ListRulesCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
  ResourceNotFoundException,
  TestEventPatternCommand,
} from '@aws-sdk/client-eventbridge';
import type { AnyEvent } from '../../contracts/event.ts';
import { EVENT_MATCHED } from '../../contracts/webhooks.ts';
import { patternOf, wantsType } from '../domain/event-pattern.ts';
import type { SubscriptionRecord } from '../domain/subscription.ts';

type Wanted = Pick<SubscriptionRecord, 'eventType' | 'filter'>;

/** Says by EventBridge's own word what a pattern means. */
export interface EventPatterns {
  /** Why EventBridge would not take the pattern; `undefined` where it would. */
  refusal(wanted: Wanted): Promise<string | undefined>;
  matches(wanted: Wanted, event: AnyEvent): Promise<boolean>;
}

/** The rules of subscriptions on the bus. */
export interface EventRules {
  /** Puts a rule, or what of it is missing. */
  put(subscription: SubscriptionRecord): Promise<void>;
  remove(subscriptionId: string): Promise<void>;
  /** The subscriptions whose rule is there and on. */
  all(): Promise<Set<string>>;
}

export function eventBridgePatterns(): EventPatterns {
  const client = new EventBridgeClient({});
  const test = async (wanted: Wanted, event: object): Promise<boolean> => {
    const EventPattern = JSON.stringify(patternOf(wanted));
    const { Result } = await client.send(new TestEventPatternCommand({ EventPattern, Event: JSON.stringify(event) }));
    return Result === true;
  };
  return {
    async refusal(wanted) {
      try {
        await test(wanted, envelope({ source: 'maos', eventType: 'maos' }));
        return undefined;
      } catch (error) {
        if (error instanceof InvalidEventPatternException) return error.message;
        throw error;
      }
    },
    matches: async (wanted, event) =>
      wantsType(wanted, event) && (wanted.filter === undefined || (await test(wanted, envelope(event)))),
  };
}

/** All fields that TestEventPattern demands (EventBridge API reference, "TestEventPattern"). */
function envelope(event: Pick<AnyEvent, 'source' | 'eventType'>) {
  return {
    id: '0',
    account: '000000000000',
    source: event.source,
    time: '2026-01-01T00:00:00Z',
    region: 'us-east-1',
    resources: [],
    'detail-type': event.eventType,
    detail: event,
  };
}

export interface RulePlaces {
  bus: string;
  /** Begins the name of each rule; the subscription's id ends it. */
  prefix: string;
  /** ARNs of the queue that takes what matches, and of its dead letter queue. */
  inbox: string;
  deadLetters: string;
}

const TARGET = 'inbox';

export function eventBridgeRules({ bus, prefix, inbox, deadLetters }: RulePlaces): EventRules {
  const client = new EventBridgeClient({});
  const ruleOf = (subscriptionId: string) => ({ EventBusName: bus, Rule: `${prefix}${subscriptionId}` });
  return {
    async put(subscription) {
      const { EventBusName, Rule } = ruleOf(subscription.subscriptionId);
      const EventPattern = JSON.stringify(patternOf(subscription));
      await client.send(new PutRuleCommand({ EventBusName, Name: Rule, EventPattern, Description: DESCRIPTION }));
      const target = { Id: TARGET, Arn: inbox, DeadLetterConfig: { Arn: deadLetters } };
      const Targets = [{ ...target, InputTransformer: transformer(subscription.subscriptionId) }];
      const { FailedEntries = [] } = await client.send(new PutTargetsCommand({ EventBusName, Rule, Targets }));
      const [failed] = FailedEntries;
      if (failed !== undefined) throw new Error(`EventBridge refused a target: ${failed.ErrorMessage}`);
    },
    async remove(subscriptionId) {
      const { EventBusName, Rule } = ruleOf(subscriptionId);
      await client.send(new RemoveTargetsCommand({ EventBusName, Rule, Ids: [TARGET] })).catch(unlessGone);
      await client.send(new DeleteRuleCommand({ EventBusName, Name: Rule })).catch(unlessGone);
    },
    async all() {
      const names: string[] = [];
      let NextToken: string | undefined;
      do {
        const page = await client.send(
          new ListRulesCommand({ EventBusName: bus, NamePrefix: `${prefix}sub_`, ...(NextToken && { NextToken }) }),
        );
        const on = (page.Rules ?? []).filter(({ State }) => State !== 'DISABLED');
        names.push(...on.map(({ Name = '' }) => Name.slice(prefix.length)));
        NextToken = page.NextToken;
      } while (NextToken !== undefined);
      return new Set(names);
    },
  };
}

const DESCRIPTION = 'Made by MAOS for a subscription of its API, and removed with it';

/** The event as the log has it, and whose it is. EventBridge puts `<event>` in as it is, an object. */
function transformer(subscriptionId: string) {
  return {
    InputPathsMap: { event: '$.detail' },
    InputTemplate: `{"detail-type":"${EVENT_MATCHED}","detail":{"subscriptionId":"${subscriptionId}","event":<event>}}`,
  };
}

function unlessGone(error: unknown): void {
  if (!(error instanceof ResourceNotFoundException)) throw error;
}
