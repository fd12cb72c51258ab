import { readFileSync } from 'node:fs';
import { CfnOutput, Duration } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { METRICS } from '../../functions/contracts/metrics.ts';
import type { ProjectionName } from '../../functions/contracts/projections.ts';
import {
  PROJECTION_NAMES,
  PROJECTIONS,
  REBUILD_SEGMENTS,
  subscriptionOf,
} from '../../functions/contracts/projections.ts';
import type { StageConfig } from '../config/stage.ts';
import { AppFunction } from '../constructs/app-function.ts';
import { FunctionMachine } from '../constructs/function-machine.ts';
import { pascalCase } from '../constructs/names.ts';
import { RunbookAlarm } from '../constructs/runbook-alarm.ts';
import { stageMetric } from '../constructs/stage-metric.ts';
import { Subscriber } from '../constructs/subscriber.ts';
import type { DataStack } from './data-stack.ts';
import { StageStack } from './stage-stack.ts';

/** Read models: a subscriber for each, the machine that rebuilds them, what keeps them, and the API that asks and manages them. */
export class ProjectionsStack extends StageStack {
  readonly api: AppFunction;

  constructor(scope: Construct, id: string, stage: StageConfig, data: DataStack) {
    super(scope, id, stage);
    const queues = PROJECTION_NAMES.map((name) => ({ name, queue: this.addProjection(data, name) }));
    const machine = this.addRebuild(data);
    const keeper = this.addKeeper(data, machine);
    this.api = new AppFunction(this, 'ProjectionsApi', {
      stage,
      handler: 'projections/handlers/projections-api.handler.ts',
      description: 'The rows under /api/v1/queries and /api/v1/projections',
      timeout: Duration.seconds(28),
    })
      .bindCommitOrder(data.eventLog)
      .bindCommits(data.eventLog)
      .bindReadModels(data, 'manage')
      .bindProjectionQueues(queues)
      .bindProjectionKeeper(keeper)
      .watchErrors();
    this.addAlarms();
  }

  private addProjection(data: DataStack, name: ProjectionName): Queue {
    const { aggregates, eventTypes } = PROJECTIONS[name];
    const { fn, inbox } = new Subscriber(this, pascalCase(`${name}-projection`), {
      stage: this.stageConfig,
      on: {
        bus: data.bus,
        eventTypes,
        filter: { aggregateId: aggregates.map((prefix) => ({ prefix })) },
      },
      subscriptionId: subscriptionOf(name),
      net: data.unrecorded,
      handler: `projections/handlers/${name}-projection.handler.ts`,
      description: `Keeps the read model ${name}`,
    });
    fn.bindEventLog(data.eventLog, 'read').bindReadModels(data, 'project');
    return inbox.queue;
  }

  private addRebuild(data: DataStack): FunctionMachine {
    const fn = new AppFunction(this, 'RebuildProjection', {
      stage: this.stageConfig,
      handler: 'projections/handlers/rebuild-projection.handler.ts',
      description: 'Takes the steps of the machine that rebuilds projections',
      timeout: Duration.minutes(5),
      memory: 1024,
    })
      .bindEventLog(data.eventLog, 'scan')
      .bindReadModels(data, 'rebuild')
      .watchErrors();
    const file = new URL('../../state-machines/rebuild-projection.asl.json', import.meta.url);
    const machine = new FunctionMachine(this, 'Rebuild', {
      stage: this.stageConfig,
      // Not among the names of sagas' machines, whose ends are watched for compensations.
      name: `maos-rebuild-${this.stageConfig.name}`,
      definition: readFileSync(file, 'utf8'),
      fn,
      substitutions: { LastSegment: String(REBUILD_SEGMENTS - 1) },
      runbook: 'projection-rebuild-failed',
    });
    new CfnOutput(this, 'RebuildMachineArn', { value: machine.arn });
    return machine;
  }

  private addKeeper(data: DataStack, machine: FunctionMachine): Queue {
    const { fn, inbox } = new Subscriber(this, 'KeepProjections', {
      stage: this.stageConfig,
      on: { every: Duration.minutes(1) },
      subscriptionId: 'keep-projections',
      net: data.unrecorded,
      handler: 'projections/handlers/keep-projections.handler.ts',
      description: 'Has rebuilds go on, applies what came in a pause, removes old generations',
      timeout: Duration.minutes(4),
    });
    fn.bindEventLog(data.eventLog, 'read')
      .bindCommitOrder(data.eventLog)
      .bindCommits(data.eventLog)
      .bindReadModels(data, 'keep')
      .bindProjectionKeeper(inbox.queue)
      .bindRebuildMachine(machine);
    new Rule(this, 'CutOff', {
      description: 'To keep-projections: a rebuild was cut off',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: { stateMachineArn: [machine.arn], status: ['ABORTED', 'FAILED', 'TIMED_OUT'] },
      },
      targets: [new SqsQueue(inbox.queue, { deadLetterQueue: inbox.deadLetters })],
    });
    return inbox.queue;
  }

  private addAlarms(): void {
    const metric = (name: string) =>
      stageMetric(this.stageConfig, name, { statistic: 'Maximum', period: Duration.minutes(1) });
    new RunbookAlarm(this, 'Paused', {
      says: 'More than 10 events failed within 5 minutes, and their projection is paused.',
      runbook: 'projection-paused',
      metric: metric(METRICS.paused),
      threshold: 1,
    });
    new RunbookAlarm(this, 'FailedEvents', {
      says: 'Events could not be applied to a read model, and wait.',
      runbook: 'projection-failed-events',
      metric: metric(METRICS.failedEvents),
      threshold: 1,
    });
    new RunbookAlarm(this, 'Behind', {
      says: 'A projection has been more than 5 minutes behind the log for 5 minutes.',
      runbook: 'projection-behind',
      metric: metric(METRICS.projectionLag),
      threshold: Duration.minutes(5).toMilliseconds(),
      periods: 5,
    });
  }
}
