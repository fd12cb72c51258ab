import type { SagaDefinitionBody } from '../../contracts/api/saga-definition.ts';
import { sagaDefinitionRoutes } from '../../contracts/api/saga-definition.ts';
import type { Fault } from '../../shared/kernel/errors.ts';
import { AppError, invalid } from '../../shared/kernel/errors.ts';
import type { ServiceStore } from '../../shared/platform/breaker/service-store.ts';
import { NO_CONTENT } from '../../shared/platform/http/answer.ts';
import { endpoint } from '../../shared/platform/http/http-pipeline.ts';
import type { SagaDefinitions } from './saga-definitions.ts';

export interface DefinitionPorts {
  definitions: SagaDefinitions;
  services: Pick<ServiceStore, 'find'>;
}

const MAX_DEFINITIONS = 500;

/** The definitions of sagas, as users send them. */
export function definitionEndpoints({ definitions, services }: DefinitionPorts) {
  return [
    endpoint(sagaDefinitionRoutes.putSagaDefinition, async ({ params: { id }, body }) => {
      if (body.id !== id) throw invalid([{ path: 'id', message: 'must be the id of the path' }]);
      await assertServices(services, body);
      await assertRoom(definitions, id);
      const isNew = await definitions.put(body);
      return { kind: 'data', data: body, ...(isNew && { status: 201 }) };
    }),
    endpoint(sagaDefinitionRoutes.listSagaDefinitions, async ({ query }) => ({
      kind: 'data',
      data: await definitions.list(query),
    })),
    endpoint(sagaDefinitionRoutes.getSagaDefinition, async ({ params: { id } }) => ({
      kind: 'data',
      data: await definitionOf(definitions, id),
    })),
    endpoint(sagaDefinitionRoutes.removeSagaDefinition, async ({ params: { id } }) => {
      if (!(await definitions.remove(id))) throw definitionNotFound(id);
      return NO_CONTENT;
    }),
  ];
}

async function assertRoom(definitions: SagaDefinitions, id: string): Promise<void> {
  if ((await definitions.find(id)) !== undefined || (await definitions.count()) < MAX_DEFINITIONS) return;
  throw new AppError('LIMIT_EXCEEDED', `There are ${MAX_DEFINITIONS} definitions already; remove one first.`);
}

export async function definitionOf(
  definitions: Pick<SagaDefinitions, 'find'>,
  id: string,
): Promise<SagaDefinitionBody> {
  const definition = await definitions.find(id);
  if (definition === undefined) throw definitionNotFound(id);
  return definition;
}

function definitionNotFound(id: string): AppError {
  return new AppError('NOT_FOUND', `There is no saga definition ${id}.`);
}

/**
 * Steps call services that users have registered; what is built in is called by sagas of ours alone.
 *
 * @param pathOf the place of a fault in the request, by its place in the definition
 * @throws VALIDATION_ERROR with each step whose service is not there
 */
export async function assertServices(
  services: Pick<ServiceStore, 'find'>,
  { steps }: SagaDefinitionBody,
  pathOf = (path: string): string => path,
): Promise<void> {
  const names = [...new Set(steps.map(({ service }) => service))];
  const entries = await Promise.all(names.map((name) => services.find(name)));
  const known = new Set(names.filter((_, index) => entries[index]?.registration !== undefined));
  const faults: Fault[] = steps.flatMap(({ service }, index) =>
    known.has(service)
      ? []
      : [{ path: pathOf(`steps.${index}.service`), message: `names no registered service: ${service}` }],
  );
  if (faults.length > 0) throw invalid(faults);
}
