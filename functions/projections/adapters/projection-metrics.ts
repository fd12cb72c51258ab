import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { METRICS } from '../../contracts/metrics.ts';
import type { ProjectionName } from '../../contracts/projections.ts';
import { newLogger, newMetrics } from '../../shared/platform/logger.ts';

/** What alarms watch of projections. Which one it is, the log says: a metric for each would be paid for each. */
export interface ProjectionMetrics {
  /** Told when it happens and at each look while it lasts, so that the alarm rings until somebody resumes. */
  paused(projection: ProjectionName): void;
  /** Both are told only where there is something to tell. */
  lag(projection: ProjectionName, ms: number): void;
  failed(projection: ProjectionName, events: number): void;
}

export function projectionMetrics(): ProjectionMetrics {
  const logger = newLogger();
  const tell = (metric: string, unit: 'Count' | 'Milliseconds', amount: number) => {
    const metrics = newMetrics({});
    metrics.addMetric(metric, MetricUnit[unit], amount);
    metrics.publishStoredMetrics();
  };
  return {
    paused(projection) {
      logger.error('Paused by errors', { projection });
      tell(METRICS.paused, 'Count', 1);
    },
    lag(projection, ms) {
      if (ms === 0) return;
      logger.warn('Behind the log', { projection, ms });
      tell(METRICS.projectionLag, 'Milliseconds', ms);
    },
    failed(projection, events) {
      if (events === 0) return;
      logger.warn('Events wait for a mended projection', { projection, events });
      tell(METRICS.failedEvents, 'Count', events);
    },
  };
}
