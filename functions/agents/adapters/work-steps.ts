import type { StoredEvent } from '../../contracts/event.ts';
import { taskIdOf } from '../../contracts/task-ids.ts';
import type { StepCompletions } from '../../shared/platform/sagas/saga-service.ts';
import type { Works } from './works.ts';

/**
 * Ends the steps that wait for agents. Events come in any order, so the work itself is read, and everything that it implies is said,
 * however often: work that is done was also taken, whether or not that event has come by here.
 */
export function workSteps(works: Pick<Works, 'find'>, completions: StepCompletions) {
  return async ({ data }: StoredEvent): Promise<void> => {
    const work = await works.find(taskIdOf(data.aggregateId));
    // Withdrawn, it was given up by the saga itself, which waits for nothing.
    if (work.status === 'none' || work.status === 'withdrawn' || work.lease === null) return;
    const { sagaId } = work.offer;
    await completions.complete({ sagaId, stepId: 'assign' }, { ...work.lease });
    const execute = { sagaId, stepId: 'execute' };
    if (work.status === 'done') await completions.complete(execute, { leaseId: work.lease.leaseId });
    if (work.status === 'failed') await completions.fail(execute, work.error);
  };
}
