import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { METRICS } from '../../contracts/metrics.ts';
import { newMetrics } from './logger.ts';

/**
 * Makes a call and tells by EMF how long it took, and whether it failed. The dimension says what it was: a row of the API, an operation
 * of a service. What is thrown is a fault unless `isFault` says otherwise.
 */
export async function metered<Result>(
  dimension: { route: string } | { operation: string },
  call: () => Promise<Result>,
  isFault: (error: unknown) => boolean = () => true,
): Promise<Result> {
  const metrics = newMetrics(dimension);
  const started = performance.now();
  try {
    return await call();
  } catch (error) {
    if (isFault(error)) metrics.addMetric(METRICS.error, MetricUnit.Count, 1);
    throw error;
  } finally {
    metrics.addMetric(METRICS.duration, MetricUnit.Milliseconds, performance.now() - started);
    metrics.publishStoredMetrics();
  }
}
