import * as z from 'zod';
import { SAGA_ID, SAGA_STATUSES } from '../sagas/saga-status.ts';
import { Failure } from '../task-fields.ts';
import { listQuery, pageOf } from './list.ts';
import { route } from './route.ts';
import { DefinitionId, SagaDefinition } from './saga-definition.ts';
import { OperationName } from './service-fields.ts';

const Data = z.record(z.string(), z.json());

const StartSagaBody = z
  .strictObject({
    definitionId: DefinitionId.optional(),
    definition: SagaDefinition.optional(),
    data: Data.default({}).meta({ description: 'What steps are called with; their results are merged into it.' }),
  })
  .refine(({ definitionId, definition }) => (definitionId === undefined) !== (definition === undefined), {
    path: ['definitionId'],
    message: 'must be there, or a definition, and not both',
  })
  .meta({ id: 'StartSaga', examples: [{ definitionId: 'book-a-trip', data: { city: 'Lisbon' } }] });

/** A saga as everybody outside sees it (seed: SagaExecution). Times are ISO 8601, UTC. */
const SagaExecution = z
  .object({
    id: z.string(),
    definition: SagaDefinition,
    status: z.enum(SAGA_STATUSES),
    currentStep: z.string().nullable(),
    data: Data,
    completedSteps: z.array(z.object({ stepId: z.string(), result: Data, completedAt: z.string() })),
    compensations: z.array(
      z.object({
        stepId: z.string(),
        compensation: z.string(),
        executedAt: z.string(),
        status: z.enum(['completed', 'failed']),
        error: Failure.optional(),
      }),
    ),
    startTime: z.string(),
    endTime: z.string().optional(),
    error: Failure.optional(),
    correlationId: z.string(),
    version: z.int(),
  })
  .meta({ id: 'SagaExecution' });
export type SagaExecution = z.infer<typeof SagaExecution>;

const ResumeSagaBody = z
  .strictObject({
    fromStep: OperationName.optional().meta({ description: 'The step that failed, where it is left out.' }),
    input: Data.default({}).meta({ description: 'The step is called with it, before its own input and all data.' }),
  })
  .meta({ id: 'ResumeSaga' });

const CancelSagaBody = z.strictObject({ reason: z.string().min(1).max(1000).optional() }).meta({ id: 'CancelSaga' });

const saga = z.strictObject({ id: z.string().regex(SAGA_ID, 'must be the id of a saga') });

/** What sagas are found by. */
export const sagaFilters = { status: z.enum(SAGA_STATUSES).optional() };

export const sagaRoutes = {
  startSaga: route({
    id: 'startSaga',
    method: 'POST',
    path: '/api/v1/sagas',
    summary: 'Start a saga: by the id of its definition, or with a definition of its own',
    scope: 'write',
    idempotent: true,
    body: StartSagaBody,
    answer: { status: 202, data: SagaExecution },
    errors: ['NOT_FOUND', 'CONFLICT'],
  }),
  listSagas: route({
    id: 'listSagas',
    method: 'GET',
    path: '/api/v1/sagas',
    summary: 'List sagas, newest first',
    scope: 'read',
    query: z.strictObject({ ...listQuery, ...sagaFilters }),
    answer: { status: 200, data: pageOf(SagaExecution) },
    errors: [],
  }),
  getSaga: route({
    id: 'getSaga',
    method: 'GET',
    path: '/api/v1/sagas/{id}',
    summary: 'Read how a saga stands',
    scope: 'read',
    params: saga,
    answer: { status: 200, data: SagaExecution },
    errors: ['NOT_FOUND'],
  }),
  cancelSaga: route({
    id: 'cancelSaga',
    method: 'POST',
    path: '/api/v1/sagas/{id}/cancel',
    summary: 'Cancel a saga: a step in mid-call ends, then everything that was done is undone',
    scope: 'write',
    params: saga,
    body: CancelSagaBody,
    answer: { status: 202, data: SagaExecution },
    errors: ['NOT_FOUND', 'CONFLICT'],
  }),
  resumeSaga: route({
    id: 'resumeSaga',
    method: 'POST',
    path: '/api/v1/sagas/{id}/resume',
    summary: 'Have a saga that failed go on, under its id and with its history',
    scope: 'write',
    params: saga,
    body: ResumeSagaBody,
    answer: { status: 202, data: SagaExecution },
    errors: ['NOT_FOUND', 'CONFLICT', 'RESUME_REFUSED'],
  }),
};
