import type { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { METRIC_NAMESPACE } from '../../functions/contracts/metrics.ts';
import type { StageConfig } from '../config/stage.ts';

interface StageMetricProps {
  statistic: string;
  period: Duration;
  /** Beside the stage, which every metric of ours has as `service`. */
  dimensions?: Record<string, string>;
  label?: string;
}

/** A metric that our functions write (functions/contracts/metrics.ts). */
export function stageMetric(
  stage: StageConfig,
  metricName: string,
  { dimensions, ...props }: StageMetricProps,
): Metric {
  const dimensionsMap = { service: stage.name, ...dimensions };
  return new Metric({ namespace: METRIC_NAMESPACE, metricName, dimensionsMap, ...props });
}
