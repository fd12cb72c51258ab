import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { OPEN_DEAD_LETTERS } from '../../contracts/metrics.ts';
import { newMetrics } from '../../shared/platform/logger.ts';

/** Tells how many letters of a queue are open, in a metric of that queue alone: what its alarm watches. */
export function openLetterMetric(): (queue: string, count: number) => void {
  const metrics = newMetrics({});
  return (queue, count) => {
    metrics.singleMetric().addDimension('queue', queue).addMetric(OPEN_DEAD_LETTERS, MetricUnit.Count, count);
  };
}
