import { App, Aspects, Duration, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { AttributeType, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Code, Function as Lambda, Runtime, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsDlq, SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { DefinitionBody, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { describe, expect, it } from 'vitest';
import { EveryEdgeEnds } from '../../lib/aspects/every-edge-ends.ts';
import { RunbookAlarm } from '../../lib/constructs/runbook-alarm.ts';

/** What the aspect says of a stack. */
function findings(build: (stack: Stack) => void): string[] {
  const app = new App();
  const stack = new Stack(app, 'Test');
  build(stack);
  Aspects.of(app).add(new EveryEdgeEnds());
  return Annotations.fromStack(stack)
    .findError('*', Match.anyValue())
    .map(({ entry }) => String(entry.data).replace(/^Test\//, ''));
}

const lambda = (stack: Stack, id = 'Fn') =>
  new Lambda(stack, id, { runtime: Runtime.NODEJS_24_X, handler: 'index.handler', code: Code.fromInline('0') });
const bell = { says: 'It rings.', runbook: 'section', threshold: 1 };
const logOf = (stack: Stack) => {
  const partitionKey = { name: 'id', type: AttributeType.STRING };
  return new Table(stack, 'Table', { partitionKey, stream: StreamViewType.NEW_IMAGE }) as ITable;
};
const endOf = (stack: Stack, id = 'End'): IQueue => {
  const queue = new Queue(stack, id);
  new RunbookAlarm(stack, `${id}Bell`, { ...bell, metric: queue.metricApproximateNumberOfMessagesVisible() });
  return queue;
};

describe('refused is', () => {
  it('a queue without dead letters and without an alarm', () => {
    expect(findings((stack) => new Queue(stack, 'Queue'))).toEqual([
      'Queue/Resource has no dead letter queue',
      'Queue/Resource has no alarm',
    ]);
  });

  it('a queue with dead letters that nobody watches', () => {
    const build = (stack: Stack) =>
      new Queue(stack, 'Queue', { deadLetterQueue: { queue: endOf(stack), maxReceiveCount: 3 } });
    expect(findings(build)).toEqual(['Queue/Resource has no alarm']);
  });

  it('a rule whose target has no dead letters, or that has no target', () => {
    const schedule = Schedule.rate(Duration.minutes(1));
    const build = (stack: Stack) => {
      new Rule(stack, 'Bare', { schedule, targets: [new SqsQueue(endOf(stack))] });
      new Rule(stack, 'Empty', { schedule });
    };
    expect(findings(build)).toEqual([
      'Bare/Resource has a target without dead letters',
      'Empty/Resource has a target without dead letters',
    ]);
  });

  it('a stream that gives up silently, or lags silently', () => {
    const build = (stack: Stack) => {
      lambda(stack).addEventSource(new DynamoEventSource(logOf(stack), { startingPosition: StartingPosition.LATEST }));
    };
    expect(findings(build)).toEqual([
      expect.stringMatching(/has no place for what it gives up$/),
      expect.stringMatching(/has no alarm on its lag$/),
    ]);
  });

  it('a machine that can be stopped without a sound', () => {
    const definitionBody = DefinitionBody.fromString('{}');
    expect(findings((stack) => new StateMachine(stack, 'Machine', { definitionBody }))).toEqual([
      'Machine/Resource has no alarm on ExecutionsAborted',
      'Machine/Resource has no alarm on ExecutionsTimedOut',
    ]);
  });

  it('a function that somebody waits for, without an alarm on its errors', () => {
    expect(findings((stack) => lambda(stack))).toEqual(['Fn/Resource has no alarm on Errors']);
  });

  it('an API without an alarm on its own errors', () => {
    const build = (stack: Stack) => new RestApi(stack, 'Api').root.addMethod('GET');
    expect(findings(build)).toEqual(['Api/Resource has no alarm on 5XXError']);
  });

  it('an alarm that leads nowhere', () => {
    const build = (stack: Stack) =>
      new Alarm(stack, 'Alarm', { metric: lambda(stack).metricErrors(), threshold: 1, evaluationPeriods: 1 });
    expect(findings(build)).toEqual(['Alarm/Resource names no section of the runbook']);
  });

  it('an alarm on somebody else', () => {
    const build = (stack: Stack) => {
      new RunbookAlarm(stack, 'Bell', { ...bell, metric: lambda(stack).metricErrors() });
      lambda(stack, 'Other');
    };
    expect(findings(build)).toEqual(['Other/Resource has no alarm on Errors']);
  });
});

describe('taken is', () => {
  it('an end that rings, and what ends there', () => {
    const build = (stack: Stack) => {
      const end = endOf(stack);
      const inbox = new Queue(stack, 'Inbox', { deadLetterQueue: { queue: end, maxReceiveCount: 3 } });
      new RunbookAlarm(stack, 'Waiting', { ...bell, metric: inbox.metricApproximateAgeOfOldestMessage() });
      const targets = [new SqsQueue(inbox, { deadLetterQueue: end })];
      new Rule(stack, 'Rule', { schedule: Schedule.rate(Duration.minutes(1)), targets });
      const fn = lambda(stack);
      fn.addEventSource(new SqsEventSource(inbox));
      const onFailure = new SqsDlq(end);
      fn.addEventSource(new DynamoEventSource(logOf(stack), { startingPosition: StartingPosition.LATEST, onFailure }));
      new RunbookAlarm(stack, 'Lag', { ...bell, metric: fn.metric('IteratorAge') });
    };
    expect(findings(build)).toEqual([]);
  });
});
