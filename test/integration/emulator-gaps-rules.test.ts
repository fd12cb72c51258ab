import {
  CreateEventBusCommand,
  DeleteEventBusCommand,
  DeleteRuleCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { describe, expect } from 'vitest';
import { gap } from '../support/cloud/emulator-gap.ts';
import { smallQueue } from '../support/cloud/small-cloud.ts';
import { smallUser } from '../support/cloud/small-user.ts';
import { ThrowAway } from '../support/cloud/throw-away.ts';

const events = new EventBridgeClient({});

describe('rules on the pinned emulator', () => {
  gap(
    'PutTargets is judged by the bus of the rule',
    {
      aws: 'it is judged by the rule',
      doc: 'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html',
    },
    async () => {
      await using own = new ThrowAway('gap-rule-grants');
      const bus = { EventBusName: own.name };
      const { EventBusArn = '' } = await events.send(new CreateEventBusCommand({ Name: own.name }));
      own.removedBy(() => events.send(new DeleteEventBusCommand({ Name: own.name })));
      const { RuleArn = '' } = await events.send(
        new PutRuleCommand({ ...bus, Name: own.name, EventPattern: JSON.stringify({ source: ['gaps'] }) }),
      );
      own.removedBy(() => events.send(new DeleteRuleCommand({ ...bus, Name: own.name, Force: true })));
      const queue = await smallQueue(own, 'target');
      const { credentials, may } = await smallUser(own);
      const user = new EventBridgeClient({ credentials });
      const put = () =>
        user.send(new PutTargetsCommand({ ...bus, Rule: own.name, Targets: [{ Id: 'one', Arn: queue.arn }] }));
      await may('events:PutTargets', RuleArn);
      await expect(put()).rejects.toMatchObject({ name: 'AccessDeniedException' });
      await may('events:PutTargets', EventBusArn);
      expect(await put()).toMatchObject({ FailedEntryCount: 0 });
    },
  );
});
