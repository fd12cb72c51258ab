import * as z from 'zod';
import { PROJECTION_NAMES } from '../projections.ts';
import { TaskType } from '../task-fields.ts';
import { listQuery } from './list.ts';
import { route } from './route.ts';
import { sagaFilters } from './saga.ts';
import { taskFilters } from './task.ts';

/** What checks the parameters of a query. */
export type ParametersCheck<Parameters> = z.ZodType<Parameters>;

export const TasksParameters = z.strictObject({ ...listQuery, ...taskFilters }).meta({ id: 'TasksParameters' });

export const TaskCountsParameters = z
  .strictObject({ type: TaskType.optional(), status: taskFilters.status })
  .meta({ id: 'TaskCountsParameters' });
export type TaskCountsParameters = z.infer<typeof TaskCountsParameters>;

export const AgentsParameters = z.strictObject(listQuery).meta({ id: 'AgentsParameters' });

export const SagasParameters = z.strictObject({ ...listQuery, ...sagaFilters }).meta({ id: 'SagasParameters' });

const QueryBody = z
  .strictObject({
    type: z
      .string()
      .min(1)
      .max(128)
      .meta({ description: `One of ${PROJECTION_NAMES.join(', ')}.` }),
    parameters: z
      .record(z.string(), z.unknown())
      .default({})
      .meta({
        description:
          'Filters and page of the read model. `tasks`: status, type, agent, correlationId, limit, cursor. ' +
          '`task-counts`: type, status. `agents`: limit, cursor. `sagas`: status, limit, cursor.',
      }),
  })
  .meta({ id: 'Query', examples: [{ type: 'task-counts', parameters: { type: 'code_generation' } }] });
export type QueryBody = z.infer<typeof QueryBody>;

const QueryResult = z
  .object({
    data: z.record(z.string(), z.unknown()).meta({
      description: 'A page (`items`, `nextCursor`); of `task-counts`: `items`, `byType`, `byStatus`, `total`.',
    }),
    metadata: z.object({
      queryType: z.string(),
      timestamp: z.string().meta({ description: 'When this was read.' }),
      fromCache: z.boolean().meta({ description: 'False: every answer is read for its own query.' }),
    }),
  })
  .meta({ id: 'QueryResult' });
export type QueryResult = z.infer<typeof QueryResult>;

export const queryRoutes = {
  query: route({
    id: 'query',
    method: 'POST',
    path: '/api/v1/queries',
    summary: 'Ask a read model',
    scope: 'read',
    body: QueryBody,
    answer: { status: 200, data: QueryResult },
    errors: ['READ_MODEL_NOT_FOUND'],
  }),
};
