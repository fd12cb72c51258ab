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
  constructor(scope: Construct, id: string, { metric, threshold, periods, says, runbook }: RunbookAlarmProps) {
    super(scope, id, {
      alarmDescription: `${says} docs/runbook.md#${runbook}`,
      metric,
      threshold,
      evaluationPeriods: periods ?? 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}
