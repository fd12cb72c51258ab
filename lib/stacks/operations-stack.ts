import { Duration } from 'aws-cdk-lib';
import type { IMetric, IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import {
  Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  MathExpression,
  Metric,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { METRIC_NAMESPACE, METRICS, OPEN_DEAD_LETTERS, SWEPT_COMMITS } from '../../functions/contracts/metrics.ts';
import type { StageConfig } from '../config/stage.ts';
import { apiName, sagaMachineName } from '../constructs/names.ts';
import { RunbookAlarm } from '../constructs/runbook-alarm.ts';
import { stageMetric } from '../constructs/stage-metric.ts';
import { StageStack } from './stage-stack.ts';

const PERIOD = Duration.minutes(5);

/**
 * One look at a stage: API, events and their lag, sagas, services, agents, dead letters, and all alarms. It finds everything by name: exports
 * would keep other stacks from dropping what it shows.
 */
export class OperationsStack extends StageStack {
  constructor(scope: Construct, id: string, stage: StageConfig) {
    super(scope, id, stage);
    new Dashboard(this, 'Dashboard', {
      dashboardName: `maos-${stage.name}`,
      defaultInterval: Duration.hours(3),
      widgets: [this.alarms(), this.api(), this.events(), this.sagas(), this.services(), this.agents(), this.letters()],
    });
  }

  private alarms(): IWidget[] {
    const markdown = `# MAOS ${this.stageConfig.name}\nEach alarm names its section of docs/runbook.md.`;
    const names = this.node.root.node.findAll().filter((one) => one instanceof RunbookAlarm);
    const alarms = names.map(({ name }) => {
      const arn = this.formatArn({ service: 'cloudwatch', resource: `alarm:${name}` });
      return Alarm.fromAlarmArn(this, name, arn);
    });
    return [
      new TextWidget({ markdown, width: 6, height: 5 }),
      new AlarmStatusWidget({ title: 'Alarms', alarms, width: 18, height: 5 }),
    ];
  }

  private api(): IWidget[] {
    const metric = (metricName: string, statistic: string) =>
      new Metric({
        namespace: 'AWS/ApiGateway',
        metricName,
        dimensionsMap: { ApiName: apiName(this.stageConfig) },
        statistic,
        label: `${metricName} ${statistic}`,
        period: PERIOD,
      });
    return [
      graph('API: answers', [metric('Count', 'Sum'), metric('4XXError', 'Sum'), metric('5XXError', 'Sum')]),
      graph('API: latency, ms', [metric('Latency', 'p50'), metric('Latency', 'p95')]),
      graph('API: time by row, ms, p95', [this.search(METRICS.duration, 'route', 'p95')]),
    ];
  }

  private events(): IWidget[] {
    return [
      graph('Events: swept commits', [this.ours(SWEPT_COMMITS, 'Sum')]),
      graph('Events: from stored to published, ms', [this.ours(METRICS.lag, 'p50'), this.ours(METRICS.lag, 'p95')]),
      graph('Events: oldest message of each inbox, s', [this.inboxes()]),
    ];
  }

  private sagas(): IWidget[] {
    const machine = StateMachine.fromStateMachineName(this, 'TaskSaga', sagaMachineName(this.stageConfig, 'task'));
    const sum = { statistic: 'Sum', period: PERIOD };
    const ends = [machine.metricSucceeded(sum), machine.metricFailed(sum), machine.metricAborted(sum)];
    return [
      graph('Sagas: executions of the task saga', [machine.metricStarted(sum), ...ends, machine.metricTimedOut(sum)]),
    ];
  }

  private services(): IWidget[] {
    const opened = this.ours(METRICS.opened, 'Sum');
    return [
      graph('Services: time by operation, ms, p95', [this.search(METRICS.duration, 'operation', 'p95')]),
      graph('Services: calls that failed', [this.search(METRICS.error, 'operation', 'Sum')]),
      graph('Services: breakers opened, calls refused', [opened, this.search(METRICS.rejected, 'operation', 'Sum')]),
    ];
  }

  private agents(): IWidget[] {
    return [
      graph('Tasks and agents: what happens', [this.search(METRICS.published, 'eventType', 'Sum')]),
      graph('Subscribers: handled', [this.search(METRICS.success, 'subscriber', 'Sum')]),
      graph('Subscribers: tries that failed', [this.search(METRICS.error, 'subscriber', 'Sum')]),
    ];
  }

  private letters(): IWidget[] {
    return [graph('Dead letters: open', [this.search(OPEN_DEAD_LETTERS, 'queue', 'Maximum')])];
  }

  private ours(metricName: string, statistic: string): Metric {
    return stageMetric(this.stageConfig, metricName, {
      statistic,
      period: PERIOD,
      label: `${metricName} ${statistic}`,
    });
  }

  /** A line for each value of a dimension, those that are yet to come too. */
  private search(metric: string, dimension: string, statistic: string): MathExpression {
    const what = `{${METRIC_NAMESPACE},service,${dimension}} MetricName="${metric}" service="${this.stageConfig.name}"`;
    return found(what, statistic);
  }

  /** CloudWatch finds names by their words, which end where a capital begins. */
  private inboxes(): MathExpression {
    const words = `Maos ${this.stageConfig.name} Inbox`;
    return found(`{AWS/SQS,QueueName} MetricName="ApproximateAgeOfOldestMessage" ${words}`, 'Maximum');
  }
}

function found(what: string, statistic: string): MathExpression {
  const expression = `SEARCH('${what}', '${statistic}', ${PERIOD.toSeconds()})`;
  return new MathExpression({ expression, label: '', period: PERIOD });
}

function graph(title: string, left: IMetric[]): IWidget {
  return new GraphWidget({ title, left, width: 8, height: 6, period: PERIOD });
}
