import * as z from 'zod';
import { listQuery, pageOf } from './list.ts';
import { route } from './route.ts';
import { OperationName, ServiceName } from './service-fields.ts';

/** A year: as long as an execution of Step Functions may run. */
const MAX_TIMEOUT_MS = 365 * 24 * 3_600_000;
const Timeout = z.int().min(1).max(MAX_TIMEOUT_MS);

const Step = z
  .strictObject({
    id: OperationName,
    service: ServiceName.meta({ description: 'A registered service.' }),
    action: OperationName.meta({ description: 'Its operation that does the step.' }),
    input: z.record(z.string(), z.json()).meta({ description: "Lies under the saga's data." }),
    compensation: OperationName.optional().meta({ description: 'Its operation that undoes the step.' }),
    timeout: Timeout.default(30_000).meta({
      description: 'Of all tries together, in ms. Over 60 s the service has to answer "later".',
    }),
    retries: z.int().min(0).max(10).default(0).meta({ description: 'Further tries after the first.' }),
  })
  .meta({ id: 'SagaStep' });

const steps = z
  .array(Step)
  .min(1)
  .max(50)
  .superRefine((all, { addIssue }) => {
    for (const [index, { id }] of all.entries()) {
      const first = all.findIndex((step) => step.id === id);
      if (first < index) addIssue({ code: 'custom', path: [index, 'id'], message: `is the id of steps.${first} too` });
    }
  });

export const DefinitionId = OperationName;

/** As users send it (seed: SagaDefinition). */
export const SagaDefinition = z
  .strictObject({
    id: DefinitionId,
    name: z.string().min(1).max(256),
    steps,
    timeout: Timeout.meta({ description: 'Of the whole saga, in ms: looked at before each step.' }),
  })
  .meta({ id: 'SagaDefinition' });
export type SagaDefinitionBody = z.infer<typeof SagaDefinition>;

const definition = z.strictObject({ id: DefinitionId });

export const sagaDefinitionRoutes = {
  putSagaDefinition: route({
    id: 'putSagaDefinition',
    method: 'PUT',
    path: '/api/v1/saga-definitions/{id}',
    summary: 'Define a saga, or define it anew; sagas that run stay as they began',
    scope: 'admin',
    params: definition,
    body: SagaDefinition,
    answer: { status: 200, data: SagaDefinition, also: { status: 201, data: SagaDefinition } },
    errors: ['LIMIT_EXCEEDED'],
  }),
  listSagaDefinitions: route({
    id: 'listSagaDefinitions',
    method: 'GET',
    path: '/api/v1/saga-definitions',
    summary: 'List the definitions of sagas, by their ids',
    scope: 'read',
    query: z.strictObject(listQuery),
    answer: { status: 200, data: pageOf(SagaDefinition) },
    errors: [],
  }),
  getSagaDefinition: route({
    id: 'getSagaDefinition',
    method: 'GET',
    path: '/api/v1/saga-definitions/{id}',
    summary: 'Read the definition of a saga',
    scope: 'read',
    params: definition,
    answer: { status: 200, data: SagaDefinition },
    errors: ['NOT_FOUND'],
  }),
  removeSagaDefinition: route({
    id: 'removeSagaDefinition',
    method: 'DELETE',
    path: '/api/v1/saga-definitions/{id}',
    summary: 'Remove the definition of a saga; sagas that run stay as they began',
    scope: 'admin',
    params: definition,
    answer: { status: 204 },
    errors: ['NOT_FOUND'],
  }),
};
