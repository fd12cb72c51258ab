import type { StoredEvent } from '../../contracts/event.ts';
import type { ProjectionName, RetryFailedEvent } from '../../contracts/projections.ts';
import { subscriberPipeline } from '../../shared/platform/queues/subscriber-pipeline.ts';
import { liveProjection } from './live-projection.ts';
import { ownProjections } from './own-projections.ts';
import { projectionMetrics } from './projection-metrics.ts';

/** The function of one projection. */
export function projectionHandler(name: ProjectionName) {
  const metrics = projectionMetrics();
  const projection = liveProjection(ownProjections(), name, () => metrics.paused(name));
  return subscriberPipeline<StoredEvent | RetryFailedEvent>(projection.handle)
    .before(projection.begin)
    .after(projection.end);
}
