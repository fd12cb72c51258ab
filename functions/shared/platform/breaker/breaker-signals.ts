import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { METRICS } from '../../../contracts/metrics.ts';
import { newLogger, newMetrics } from '../logger.ts';
import type { BreakerRecord } from './breaker-record.ts';

const logger = newLogger();

/** A breaker that turned, in the log and by a metric of the whole stage, which an alarm watches (seed: on open, halfOpen, close). */
export function tellTurn(service: string, { state, transitions }: BreakerRecord, correlationId: string): void {
  const { from, reason } = transitions[0] ?? {};
  const line = { breaker: service, from, to: state, reason, correlationId };
  logger[state === 'open' ? 'warn' : 'info']('Breaker turned', line);
  if (state !== 'open') return;
  const metrics = newMetrics({});
  metrics.addMetric(METRICS.opened, MetricUnit.Count, 1);
  metrics.publishStoredMetrics();
}
