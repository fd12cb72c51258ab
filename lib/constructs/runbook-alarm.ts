import { Stack } from 'aws-cdk-lib';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

export interface RunbookAlarmProps {
  metric: IMetric;
  /** Rings when the metric reaches it. */
  threshold: number;
  /** Periods in a row. */
  periods?: number;
  /** What has happened, in one sentence. */
  says: string;
  /** The section of docs/runbook.md that says what to do; a test holds that it exists. */
  runbook: string;
}

/** An alarm that leads to its section of the runbook. */
export class RunbookAlarm extends Alarm {
  /** Known before the alarm is made. */
  readonly name: string;

  constructor(scope: Construct, id: string, { metric, threshold, periods, says, runbook }: RunbookAlarmProps) {
    const name = alarmName(Stack.of(scope).stackName, `${scope.node.path}/${id}`);
    super(scope, id, {
      alarmName: name,
      alarmDescription: `${says} docs/runbook.md#${runbook}`,
      metric,
      threshold,
      evaluationPeriods: periods ?? 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    this.name = name;
  }
}

/** `Maos-dev-Tasks-TaskFollower-Inbox-Waiting`: the construct's path, so that people know it and other stacks need no export of it. */
function alarmName(stackName: string, path: string): string {
  return [stackName, ...path.split('/').slice(1)].join('-');
}
