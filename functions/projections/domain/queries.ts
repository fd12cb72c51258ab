import type { ProjectionName } from '../../contracts/projections.ts';
import { agentsQuery } from './agents/agents.query.ts';
import type { ReadModelQuery } from './read-model-query.ts';
import { sagasQuery } from './sagas/sagas.query.ts';
import { taskCountsQuery } from './task-counts/task-counts.query.ts';
import { tasksQuery } from './tasks/tasks.query.ts';

/** Every query, under the name of its read model. Apart from the projections: what checks parameters is large. */
export const QUERIES: Record<ProjectionName, ReadModelQuery<object>> = {
  tasks: tasksQuery as ReadModelQuery<object>,
  'task-counts': taskCountsQuery,
  agents: agentsQuery as ReadModelQuery<object>,
  sagas: sagasQuery as ReadModelQuery<object>,
};
