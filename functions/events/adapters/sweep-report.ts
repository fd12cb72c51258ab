import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { SWEPT_COMMITS } from '../../contracts/metrics.ts';
import type { CommitPlace } from '../../shared/kernel/commit-place.ts';
import { messageOf } from '../../shared/kernel/errors.ts';
import type { Commit } from '../../shared/platform/log/event-log.ts';
import { newLogger, newMetrics } from '../../shared/platform/logger.ts';

/** What a sweep tells of its work. */
export interface SweepReport {
  /** The sweep has settled these, at least one: the stream had not. */
  swept(commits: readonly Commit[]): void;
  /** The sweep could not settle this one now. */
  left(place: CommitPlace, error: unknown): void;
}

/** In log lines, and the metric that its alarm watches. */
export function loggedSweep(): SweepReport {
  const logger = newLogger();
  const metrics = newMetrics({});
  return {
    swept(commits) {
      for (const { position, commitId, metadata } of commits) {
        logger.warn('Commit swept', { position, commitId, correlationId: metadata.correlationId });
      }
      metrics.addMetric(SWEPT_COMMITS, MetricUnit.Count, commits.length);
      metrics.publishStoredMetrics();
    },
    left({ position }, error) {
      logger.error('Commit not swept', { position, cause: messageOf(error) });
    },
  };
}
