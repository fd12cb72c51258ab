import type { ProjectionName, RetryFailedEvent } from '../../../functions/contracts/projections.ts';
import { projectionEndpoints } from '../../../functions/projections/adapters/projection-endpoints.ts';
import { httpPipeline } from '../../../functions/shared/platform/http/http-pipeline.ts';
import type { ApiCall } from '../api/api-calls.ts';
import { apiCaller } from '../api/api-calls.ts';
import { memorySegments } from './memory-projections.ts';
import { ProjectionWorld } from './projection-world.ts';

const PROJECTIONS_PATH = '/api/v1/projections';

/** The desk of the projection manager over a world of its own. */
export function projectionApi() {
  const world = new ProjectionWorld();
  const { store, failed } = world.ports;
  const segments = memorySegments();
  const retries: (RetryFailedEvent & { name: ProjectionName })[] = [];
  const desk = { world, segments, retries, kept: 0, sending: async (): Promise<void> => undefined };
  const endpoints = projectionEndpoints({
    ...{ store, failed, segments, feed: world.feed, now: world.now },
    keep: async () => {
      desk.kept += 1;
    },
    async retry(name, event) {
      await desk.sending();
      retries.push({ name, ...event });
    },
  });
  const caller = apiCaller(httpPipeline(endpoints));
  const call = (method: string, path = '', more: Partial<ApiCall> = {}) =>
    caller({ method, path: `${PROJECTIONS_PATH}${path}`, scopes: method === 'GET' ? 'read' : 'admin', ...more });
  return Object.assign(desk, {
    call,
    /** How one projection stands. */
    async view(name: ProjectionName = 'tasks') {
      const { items } = (await call('GET')).json.data as { items: { name: string }[] };
      return items.find((one) => one.name === name);
    },
    /** So many events wait, of each of which this number of tries have failed. */
    async failing(count: number, tries = 1): Promise<string[]> {
      const ids = Array.from({ length: count }, (_, index) => `task_${String(index).padStart(5, '0')}`);
      for (const aggregateId of ids)
        for (let tried = 0; tried < tries; tried += 1) {
          const event = { eventId: `${aggregateId}-1`, eventType: 'domain.TaskCreated', aggregateId };
          await failed.record('tasks', { ...event, error: 'no room', at: world.now() });
        }
      return ids.map((aggregateId) => `${aggregateId}-1`);
    },
  });
}
