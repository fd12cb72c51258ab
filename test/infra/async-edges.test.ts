import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ENV } from '../../functions/contracts/env.ts';
import { references } from '../support/infra/references.ts';
import type { Resource, StageName, SynthesizedApp } from '../support/infra/synthesized.ts';
import { resourcesOf, STAGES, synthesized } from '../support/infra/synthesized.ts';
import { anchorsOf } from '../support/markdown-anchors.ts';

const RUNBOOK = join(import.meta.dirname, '..', '..', 'docs', 'runbook.md');

type Named = [string, Resource];

/** Everything asynchronous in one stage, with references read. */
function edgesOf(stage: StageName) {
  const app = synthesized(stage);
  const read = references(app);
  const queues = resourcesOf(app, 'AWS::SQS::Queue');
  const rules = resourcesOf(app, 'AWS::Events::Rule');
  const mappings = resourcesOf(app, 'AWS::Lambda::EventSourceMapping').map(([, { Properties }]) => ({
    ...Properties,
    source: read(Properties.EventSourceArn),
    of: read(Properties.FunctionName),
    consumer: byId(app, read(Properties.FunctionName)),
  }));
  return { app, read, queues, rules, mappings, letters: lettersOf(queues, rules, { read, mappings }) };
}

function byId(app: SynthesizedApp, id: string): Resource {
  return Object.fromEntries(resourcesOf(app))[id] as Resource;
}

type Mapping = { source: string; consumer: Resource; DestinationConfig?: { OnFailure: { Destination: unknown } } };

/** The queues that somebody names as the place for what could not be handled. */
function lettersOf(
  queues: Named[],
  rules: Named[],
  { read, mappings }: { read: (expression: unknown) => string; mappings: Mapping[] },
): Set<string> {
  const named = [
    ...queues.map(([, { Properties }]) => Properties.RedrivePolicy?.deadLetterTargetArn),
    ...rules.flatMap(([, { Properties }]) => Properties.Targets.map((target: Target) => target.DeadLetterConfig?.Arn)),
    ...mappings.map(({ DestinationConfig }) => DestinationConfig?.OnFailure.Destination),
    // A service's function sends the compensations there that failed.
    ...queues.filter(([id]) => /ServiceLettersQueue/.test(id)).map(([id]) => id),
  ];
  return new Set(named.filter((one) => one !== undefined).map(read));
}

interface Target {
  Arn: unknown;
  DeadLetterConfig?: { Arn: unknown };
}

interface Statement {
  Effect: string;
  Action: string | string[];
  Principal: { Service?: string; AWS?: string };
  Resource: unknown;
  Condition?: { ArnEquals?: { 'aws:SourceArn': unknown }; Bool?: { 'aws:SecureTransport': string } };
}

function queuePolicy(app: SynthesizedApp, queue: string): Statement[] {
  const read = references(app);
  const policies = resourcesOf(app, 'AWS::SQS::QueuePolicy').map(([, { Properties }]) => Properties);
  return policies
    .filter(({ Queues }) => Queues.map(read).includes(queue))
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

interface Dimension {
  Name: string;
  Value: unknown;
}

const RINGS_AT_ONE = {
  Threshold: 1,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  TreatMissingData: 'notBreaching',
};

describe.each(STAGES)('in %s', (stage) => {
  const { app, read, queues, rules, mappings, letters } = edgesOf(stage);
  const alarms = resourcesOf(app, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties);
  const inboxes = queues.filter(([id]) => !letters.has(id));
  const [[net] = []] = queues.filter(([, { Properties }]) => Properties.RedrivePolicy === undefined);
  const deadLetters = queues.filter(([id]) => letters.has(id) && id !== net);

  it('there is something to look at', () => {
    for (const found of [inboxes, deadLetters, rules, mappings]) expect(found.length).toBeGreaterThan(0);
  });

  it('every queue has a dead letter queue, three receives behind the consumer’s own last attempt', () => {
    for (const [id, { Properties }] of inboxes) {
      const consumers = mappings.filter(({ source }) => source === id);
      expect(consumers, id).toHaveLength(1);
      const attempts = Number(consumers[0]?.consumer.Properties.Environment.Variables[ENV.maxAttempts]);
      expect(letters).toContain(read(Properties.RedrivePolicy.deadLetterTargetArn));
      expect(Properties.RedrivePolicy.maxReceiveCount, id).toBe(attempts + 3);
    }
  });

  it('every queue is encrypted by SQS itself: EventBridge could not deliver under the key of an alias', () => {
    for (const [id, { Properties }] of queues) {
      expect(Properties.SqsManagedSseEnabled, id).toBe(true);
      expect(Properties.KmsMasterKeyId, id).toBeUndefined();
    }
  });

  it('a message is hidden for six times its consumer’s timeout', () => {
    for (const [id, { Properties }] of inboxes) {
      const timeout = mappings.find(({ source }) => source === id)?.consumer.Properties.Timeout;
      expect(Properties.VisibilityTimeout, id).toBeGreaterThanOrEqual(6 * timeout);
    }
  });

  it('letters wait as long as SQS keeps them, and messages half as long: what moves on late is not forgotten at once', () => {
    for (const [id, { Properties }] of queues) {
      expect(Properties.MessageRetentionPeriod, id).toBe(letters.has(id) ? 1_209_600 : 604_800);
    }
  });

  it('the recorder empties every dead letter queue, and what it cannot keep goes to the one net', () => {
    const recorder = Object.entries(app.handlers).find(([, handler]) =>
      handler.startsWith('dead-letters/handlers/record'),
    );
    const sources = mappings.filter(({ of }) => of === recorder?.[0]).map(({ source }) => source);
    expect(sources.sort()).toEqual(deadLetters.map(([id]) => id).sort());
    for (const [id, { Properties }] of deadLetters) {
      expect(read(Properties.RedrivePolicy.deadLetterTargetArn), id).toBe(net);
      expect(Properties.RedrivePolicy.maxReceiveCount, id).toBe(25);
    }
  });

  it('the count goes over every dead letter queue', () => {
    const [fn] = Object.entries(app.handlers).find(([, handler]) => handler.includes('count-dead-letters')) ?? [];
    const counted = byId(app, fn ?? '').Properties.Environment.Variables[ENV.deadLetterQueues].split(',');
    const named = deadLetters.map(([, { Properties }]) => Properties.QueueName);
    expect(counted.map((id: string) => `maos-${stage}-${id}-dead-letters`).sort()).toEqual(named.sort());
  });

  it('the desk sends letters back to every consumer and service, by names that both sides know', () => {
    const [fn] = Object.entries(app.handlers).find(([, handler]) => handler.includes('dead-letters-api')) ?? [];
    const variables: Record<string, unknown> = byId(app, fn ?? '').Properties.Environment.Variables;
    const names = String(variables[ENV.inboxes]).split(',');
    expect(names.map((of) => `maos-${stage}-${of}`).sort()).toEqual(
      inboxes.map(([, { Properties }]) => Properties.QueueName).sort(),
    );
    const functions = read(variables[ENV.serviceFunctions]).split(',');
    const services = functions.map((one) => one.split('=') as [string, string]);
    for (const [name, arn] of services) {
      const target = byId(app, arn).Properties.Environment.Variables[ENV.deadLetterQueue];
      expect(byId(app, read(target)).Properties.QueueName).toBe(`maos-${stage}-${name}-dead-letters`);
    }
    const known = [...names, ...services.map(([name]) => name), 'publisher'];
    const named = deadLetters.map(([, { Properties }]) => Properties.QueueName);
    expect(known.map((id) => `maos-${stage}-${id}-dead-letters`).sort()).toEqual(named.sort());
    // Lambda takes 4 KB of variables; an ARN is longer than the name by which it stands here.
    expect(JSON.stringify(Object.values(variables).map(read)).length + 200 * services.length).toBeLessThan(3500);
  });

  it('every consumer reports the messages that failed, not the batch', () => {
    for (const { source, FunctionResponseTypes } of mappings as (Mapping & Record<string, unknown>)[]) {
      expect(FunctionResponseTypes, source).toEqual(['ReportBatchItemFailures']);
    }
  });

  it('the publisher hears of inserted commits only, narrows a failing batch down, and names what it gives up', () => {
    const streams = mappings.filter(({ source }) => source.endsWith('.StreamArn'));
    expect(streams).toHaveLength(1);
    expect(streams[0]).toMatchObject({
      source: expect.stringMatching(/^EventLog[0-9A-F]{8}\.StreamArn$/),
      FilterCriteria: { Filters: [{ Pattern: JSON.stringify({ eventName: ['INSERT'] }) }] },
      BisectBatchOnFunctionError: true,
      StartingPosition: 'TRIM_HORIZON',
    });
    // No limit of tries and no age but the stream's own: a retry means that the bus is away.
    expect(streams[0]).not.toHaveProperty('MaximumRetryAttempts');
    expect(streams[0]).not.toHaveProperty('MaximumRecordAgeInSeconds');
    expect(letters).toContain(read((streams[0] as Mapping).DestinationConfig?.OnFailure.Destination));
  });

  it('every rule listens to our bus, to Step Functions or to a clock', () => {
    for (const [id, { Properties }] of rules) {
      if (Properties.ScheduleExpression !== undefined || Properties.EventPattern.source[0] === 'aws.states') {
        expect(Properties.EventBusName, id).toBeUndefined();
      } else {
        expect(read(Properties.EventBusName), id).toMatch(/^Bus[0-9A-F]{8}$/);
      }
    }
  });

  it('every rule ends in a queue with dead letters, never in a function', () => {
    for (const [id, { Properties }] of rules) {
      expect(Properties.Targets, id).toHaveLength(1);
      for (const target of Properties.Targets as Target[]) {
        expect(inboxes.map(([queue]) => queue)).toContain(read(target.Arn));
        expect(letters).toContain(read(target.DeadLetterConfig?.Arn));
      }
    }
  });

  it('every rule may send to its queue and to its dead letters', () => {
    for (const [id, { Properties }] of rules) {
      for (const { Arn, DeadLetterConfig } of Properties.Targets as Target[]) {
        for (const queue of [read(Arn), read(DeadLetterConfig?.Arn)]) {
          const sends = queuePolicy(app, queue).filter(
            ({ Effect, Action, Principal, Condition }) =>
              Effect === 'Allow' &&
              [Action].flat().includes('sqs:SendMessage') &&
              Principal.Service === 'events.amazonaws.com' &&
              read(Condition?.ArnEquals?.['aws:SourceArn']) === id,
          );
          expect(sends, `${id} to ${queue}`).toHaveLength(1);
        }
      }
    }
  });

  it('every dead letter queue has an alarm on its open letters, as long as they are', () => {
    for (const [id, { Properties }] of deadLetters) {
      const [, of] = /^maos-\w+-(.+)-dead-letters$/.exec(Properties.QueueName) ?? [];
      const own = alarms.filter(({ Dimensions }) => Dimensions.some((one: Dimension) => one.Value === of));
      expect(own, id).toMatchObject([
        {
          Namespace: 'MAOS',
          MetricName: 'OpenDeadLetters',
          Dimensions: [{ Name: 'queue' }, { Name: 'service', Value: stage }],
          Statistic: 'Maximum',
          // Two counts of five minutes: no gap between them turns it off.
          Period: 600,
          ...RINGS_AT_ONE,
        },
      ]);
    }
  });

  it('every inbox has one on messages that wait for a quarter of an hour, and the net on its first', () => {
    const ofQueue = (id?: string) => alarms.filter(({ Dimensions }) => read(Dimensions[0].Value) === `${id}.QueueName`);
    for (const [id] of inboxes) {
      expect(ofQueue(id), id).toMatchObject([{ MetricName: 'ApproximateAgeOfOldestMessage', Threshold: 900 }]);
    }
    expect(ofQueue(net)).toMatchObject([{ MetricName: 'ApproximateNumberOfMessagesVisible', ...RINGS_AT_ONE }]);
  });

  it('every function that somebody waits for has one on its errors; the others’ work ends in a queue', () => {
    const consumers = new Set(mappings.map(({ of }) => of));
    const waitedFor = Object.keys(app.handlers).filter((id) => !consumers.has(id));
    const watched = alarms
      .filter(({ MetricName }) => MetricName === 'Errors')
      .map(({ Dimensions }) => read(Dimensions[0].Value));
    expect(watched.sort()).toEqual(waitedFor.sort());
  });

  it('the stream, what it lost, the machine and the API have theirs', () => {
    const watched = alarms.map(({ MetricName }) => MetricName);
    const kinds = ['IteratorAge', 'SweptCommits', 'ExecutionsAborted', 'ExecutionsTimedOut', '5XXError'];
    expect(watched).toEqual(expect.arrayContaining(kinds));
  });

  it('every alarm rings at the topic, and says when it is over', () => {
    const [topic] = resourcesOf(app, 'AWS::SNS::Topic').map(([id]) => id);
    for (const { AlarmName, AlarmActions, OKActions } of alarms) {
      expect(
        [AlarmActions, OKActions].map((actions) => actions.map(read)),
        AlarmName,
      ).toEqual([[topic], [topic]]);
    }
  });

  it('every alarm names its section of the runbook', () => {
    const anchors = anchorsOf(readFileSync(RUNBOOK, 'utf8'));
    for (const [id, { Properties }] of resourcesOf(app, 'AWS::CloudWatch::Alarm')) {
      const [, anchor] = /docs\/runbook\.md#(\S+)$/.exec(Properties.AlarmDescription) ?? [];
      expect(anchors, id).toContain(anchor);
    }
  });
});

describe.each(['dev', 'prod'] as const)('in the cloud, in %s', (stage) => {
  const { app, read, queues } = edgesOf(stage);

  it('every queue refuses plain HTTP', () => {
    for (const [id] of queues) {
      const refusals = queuePolicy(app, id).filter(({ Effect }) => Effect === 'Deny');
      expect(refusals, id).toMatchObject([
        { Action: 'sqs:*', Principal: { AWS: '*' }, Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      ]);
      expect(read(refusals[0]?.Resource)).toBe(id);
    }
  });
});

describe('the anchors of a Markdown file', () => {
  it('are those that GitHub makes', () => {
    const text =
      '# A `b` [link](x.md): yes!\n\n## Twice\n```sh\n# no heading\n```\n## Twice\n### snake_case & più - so\n';
    expect(anchorsOf(text)).toEqual(['a-b-link-yes', 'twice', 'twice-1', 'snake_case--più---so']);
  });
});
