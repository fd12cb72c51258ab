import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { ENV } from '../../contracts/env.ts';
import { METRIC_NAMESPACE } from '../../contracts/metrics.ts';
import { requireEnv } from './env.ts';

/** Ids only: payloads, keys and answers never reach a log line. */
export function newLogger(): Logger {
  return new Logger({ serviceName: process.env.AWS_LAMBDA_FUNCTION_NAME ?? 'maos' });
}

/** Custom metrics by log line (EMF): no call, no wait. */
export function newMetrics(dimensions: Record<string, string>): Metrics {
  return new Metrics({
    namespace: METRIC_NAMESPACE,
    serviceName: requireEnv(ENV.stage),
    defaultDimensions: dimensions,
  });
}
