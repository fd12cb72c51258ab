import {
  DeleteRuleCommand,
  EventBridgeClient,
  ListRulesCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { expect, it } from 'vitest';
import { waitFor } from '../../local/process/waiting.ts';
import { ApiClient } from '../support/cloud/api-client.ts';
import { receiver, webhookIdOf } from '../support/cloud/callbacks.ts';
import { cloud, output } from '../support/cloud/cloud.ts';
import { DeployedFunction, TICK } from '../support/cloud/deployed-function.ts';
import { ownEventType, publish, subscribe, untilSubscription } from '../support/cloud/subscribers.ts';

const bridge = new EventBridgeClient({});
const EventBusName = output('EventBusName');

async function ruleOf(subscriptionId: string): Promise<string | undefined> {
  const { Rules = [] } = await bridge.send(new ListRulesCommand({ EventBusName, NamePrefix: `${EventBusName}-sub_` }));
  return Rules.find(({ Name }) => Name?.endsWith(subscriptionId))?.Name;
}

it('a rule that was lost is put again, and what happened without it comes from the log', async () => {
  const api = new ApiClient(cloud.apiKey);
  const [hook, eventType] = [await receiver(), ownEventType('lost')];
  const { subscriptionId } = await subscribe(api, hook, { eventType, filter: { number: [{ numeric: ['<', 10] }] } });
  await untilSubscription(api, { subscriptionId }, ({ status }) => status === 'active');
  // A rule is only missed once it had time to be listed.
  await new Promise((resolve) => setTimeout(resolve, 6000));
  const Rule = await ruleOf(subscriptionId);
  await bridge.send(new RemoveTargetsCommand({ EventBusName, Rule, Ids: ['inbox'] }));
  await bridge.send(new DeleteRuleCommand({ EventBusName, Name: Rule }));

  const unheard = [await publish(api, eventType, { number: 1 }), await publish(api, eventType, { number: 2 })];
  await publish(api, eventType, { number: 10 });
  const ids = unheard.map(({ eventId }) => eventId).sort();
  const keeper = await DeployedFunction.find('KeepSubscriptionsFnFunction');
  const heard = async () => {
    await keeper.call(TICK);
    return hook.taken.length >= 2 || undefined;
  };
  await waitFor(heard, { everyMs: 1000, limitMs: 60_000 });
  expect(hook.taken.map(webhookIdOf).sort()).toEqual(ids);
  expect(await ruleOf(subscriptionId)).toBe(Rule);
});
