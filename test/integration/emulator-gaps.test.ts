import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
} from '@aws-sdk/client-cloudformation';
import {
  CreateEventBusCommand,
  DeleteEventBusCommand,
  DeleteRuleCommand,
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { SQSClient, StartMessageMoveTaskCommand } from '@aws-sdk/client-sqs';
import { describe, expect } from 'vitest';
import { waitFor } from '../../local/process/waiting.ts';
import { gap } from '../support/cloud/emulator-gap.ts';
import { messagesIn, smallQueue } from '../support/cloud/small-cloud.ts';
import { ThrowAway } from '../support/cloud/throw-away.ts';

const AWS_DOCS = 'https://docs.aws.amazon.com';
const POLL = { everyMs: 500, limitMs: 40_000 };

const cloudFormation = new CloudFormationClient({});
const events = new EventBridgeClient({});
const sqs = new SQSClient({});

async function ownBus(own: ThrowAway): Promise<string> {
  await events.send(new CreateEventBusCommand({ Name: own.name }));
  own.removedBy(() => events.send(new DeleteEventBusCommand({ Name: own.name })));
  return own.name;
}

/** Lets EventBridge send to a queue. */
function openToEvents() {
  const Principal = { Service: 'events.amazonaws.com' };
  const Statement = [{ Effect: 'Allow', Principal, Action: 'sqs:SendMessage', Resource: '*' }];
  return { Policy: JSON.stringify({ Version: '2012-10-17', Statement }) };
}

/** Begins to make a stack of one resource. */
async function stackOf(own: ThrowAway, resource: object): Promise<void> {
  const TemplateBody = JSON.stringify({ Resources: { Only: resource } });
  own.removedBy(() => cloudFormation.send(new DeleteStackCommand({ StackName: own.name })));
  await cloudFormation.send(new CreateStackCommand({ StackName: own.name, TemplateBody }));
}

describe('events and queues on the pinned emulator', () => {
  gap(
    'an event that its target cannot take is dropped, also where the target has a dead letter queue',
    { aws: 'it goes there', doc: `${AWS_DOCS}/eventbridge/latest/userguide/eb-rule-dlq.html` },
    async () => {
      await using own = new ThrowAway('gap-target');
      const bus = { EventBusName: await ownBus(own) };
      const alive = await smallQueue(own, 'alive', openToEvents());
      const letters = await smallQueue(own, 'letters', openToEvents());
      const rule = { Rule: own.name, ...bus };
      await events.send(
        new PutRuleCommand({ Name: own.name, ...bus, EventPattern: JSON.stringify({ source: ['gaps'] }) }),
      );
      own.removedBy(() => events.send(new DeleteRuleCommand({ Name: own.name, ...bus })));
      const Targets = [
        { Id: 'gone', Arn: `${alive.arn}-gone`, DeadLetterConfig: { Arn: letters.arn } },
        { Id: 'alive', Arn: alive.arn },
      ];
      await events.send(new PutTargetsCommand({ ...rule, Targets }));
      own.removedBy(() => events.send(new RemoveTargetsCommand({ ...rule, Ids: ['gone', 'alive'] })));
      await events.send(
        new PutEventsCommand({ Entries: [{ ...bus, Source: 'gaps', DetailType: 'Any', Detail: '{}' }] }),
      );
      expect(await waitFor(async () => (await messagesIn(alive))[0], POLL)).toBeDefined();
      expect(await messagesIn(letters)).toEqual([]);
    },
  );

  gap(
    'an event whose detail is no JSON, or that has no type, is taken',
    {
      aws: 'these entries fail with MalformedDetail and InvalidArgument',
      doc: `${AWS_DOCS}/eventbridge/latest/APIReference/API_PutEventsResultEntry.html`,
    },
    async () => {
      await using own = new ThrowAway('gap-events');
      const entry = { EventBusName: await ownBus(own), Source: 'gaps' };
      const Entries = [
        { ...entry, DetailType: 'Any', Detail: '{no json' },
        { ...entry, Detail: '{}' },
      ];
      expect(await events.send(new PutEventsCommand({ Entries }))).toMatchObject({ FailedEntryCount: 0 });
    },
  );

  gap(
    'no dead letters can be moved back',
    {
      aws: 'StartMessageMoveTask moves them to their source',
      doc: `${AWS_DOCS}/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html`,
    },
    async () => {
      await using own = new ThrowAway('gap-move');
      const letters = await smallQueue(own, 'letters');
      const redrive = JSON.stringify({ deadLetterTargetArn: letters.arn, maxReceiveCount: 3 });
      await smallQueue(own, 'source', { RedrivePolicy: redrive });
      const moved = sqs.send(new StartMessageMoveTaskCommand({ SourceArn: letters.arn }));
      await expect(moved).rejects.toMatchObject({ name: 'InvalidAction' });
    },
  );
});

describe('templates on the pinned emulator', () => {
  const template = `${AWS_DOCS}/AWSCloudFormation/latest/TemplateReference`;

  gap(
    'a template with an archive of events is refused',
    { aws: 'it deploys', doc: `${template}/aws-resource-events-archive.html` },
    async () => {
      await using own = new ThrowAway('gap-archive');
      const SourceArn = {
        'Fn::Join': [':', ['arn:aws:events', { Ref: 'AWS::Region' }, { Ref: 'AWS::AccountId' }, 'event-bus/default']],
      };
      const made = stackOf(own, { Type: 'AWS::Events::Archive', Properties: { SourceArn } });
      await expect(made).rejects.toThrow(/Unrecognized resource types: \[AWS::Events::Archive\]/);
    },
  );

  gap(
    'an alarm on an expression over metrics fails its stack',
    { aws: 'it deploys', doc: `${template}/aws-resource-cloudwatch-alarm.html` },
    async () => {
      await using own = new ThrowAway('gap-alarm');
      const Metric = { Namespace: 'AWS/SQS', MetricName: 'NumberOfMessagesSent' };
      const Properties = {
        ComparisonOperator: 'GreaterThanThreshold',
        EvaluationPeriods: 1,
        Threshold: 1,
        Metrics: [
          { Id: 'sent', MetricStat: { Metric, Period: 60, Stat: 'Sum' }, ReturnData: false },
          { Id: 'twice', Expression: 'sent * 2' },
        ],
      };
      await stackOf(own, { Type: 'AWS::CloudWatch::Alarm', Properties });
      const look = async () => {
        const { StackEvents = [] } = await cloudFormation.send(new DescribeStackEventsCommand({ StackName: own.name }));
        const ended = ({ ResourceStatus = '' }) => /^CREATE_(COMPLETE|FAILED)$/.test(ResourceStatus);
        const first = StackEvents.findLast(ended);
        return first && `${first.ResourceStatus}: ${first.ResourceStatusReason}`;
      };
      expect(await waitFor(look, POLL)).toMatch(/^CREATE_FAILED: .*metric math/);
    },
  );
});
