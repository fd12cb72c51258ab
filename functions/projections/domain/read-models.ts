import type { ProjectionName } from '../../contracts/projections.ts';
import type { ReadModel } from '../../contracts/read-model.ts';
import { agentReadModel } from '../../contracts/views/agent.model.ts';
import { sagaReadModel } from '../../contracts/views/saga.model.ts';
import { taskReadModel } from '../../contracts/views/task.model.ts';
import { taskCountsModel } from '../../contracts/views/task-counts.model.ts';
import type { NewEvent } from '../../shared/kernel/decider.ts';
import type { Projection } from '../../shared/kernel/projection.ts';
import { agentsProjection } from './agents/agents.projection.ts';
import { sagasProjection } from './sagas/sagas.projection.ts';
import { taskCountsProjection } from './task-counts/task-counts.projection.ts';
import { tasksProjection } from './tasks/tasks.projection.ts';

/** How the rows of a read model are kept, and how they are made. */
export interface ReadModelParts {
  model: ReadModel<object>;
  projection: Projection<NewEvent, object>;
}

/** Checks that both are of the same rows, which whoever uses them need not know. */
function parts<E extends NewEvent, Row extends object>(of: {
  model: ReadModel<Row>;
  projection: Projection<E, Row>;
}): ReadModelParts {
  return of as unknown as ReadModelParts;
}

/** Every read model, under the name of its projection. */
export const READ_MODELS: Record<ProjectionName, ReadModelParts> = {
  tasks: parts({ model: taskReadModel, projection: tasksProjection }),
  'task-counts': parts({ model: taskCountsModel, projection: taskCountsProjection }),
  agents: parts({ model: agentReadModel, projection: agentsProjection }),
  sagas: parts({ model: sagaReadModel, projection: sagasProjection }),
};
