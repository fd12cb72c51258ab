import type { Page } from '../../contracts/api/list.ts';
import type { SagaExecution } from '../../contracts/api/saga.ts';
import { sagaRoutes } from '../../contracts/api/saga.ts';
import type { SagaDefinitionBody } from '../../contracts/api/saga-definition.ts';
import type { SagaEvent } from '../../contracts/events/saga-events.v1.ts';
import { sagaEvents } from '../../contracts/events/saga-events.v1.ts';
import { shapeOf } from '../../contracts/sagas/saga-shape.ts';
import type { SagaRow } from '../../contracts/views/saga.model.ts';
import { sagaView } from '../../contracts/views/saga.view.ts';
import type { Recorded } from '../../shared/kernel/decider.ts';
import { AppError, invalid } from '../../shared/kernel/errors.ts';
import type { ServiceStore } from '../../shared/platform/breaker/service-store.ts';
import type { DataAnswer } from '../../shared/platform/http/answer.ts';
import { endpoint } from '../../shared/platform/http/http-pipeline.ts';
import type { HttpRequest } from '../../shared/platform/http/http-request.ts';
import type { EventLog } from '../../shared/platform/log/event-log.ts';
import { history } from '../../shared/platform/log/stored-event.ts';
import type { ReadModelReader } from '../../shared/platform/read-models/read-models.ts';
import type { SagaCommand } from '../../shared/platform/sagas/saga-commands.ts';
import { sagaLog } from '../../shared/platform/sagas/saga-log.ts';
import { assertServices, definitionOf } from './definition-endpoints.ts';
import type { SagaDefinitions } from './saga-definitions.ts';

export interface SagaPorts {
  log: EventLog;
  sagas: Pick<ReadModelReader<SagaRow>, 'query'>;
  definitions: Pick<SagaDefinitions, 'find'>;
  services: Pick<ServiceStore, 'find'>;
}

/** Sagas as their users start and see them (seed: SagaOrchestrator). */
export function sagaEndpoints(ports: SagaPorts) {
  return [
    endpoint(sagaRoutes.startSaga, (request) => start(ports, request)),
    endpoint(sagaRoutes.listSagas, async ({ query }) => ({ kind: 'data', data: await list(ports, query) })),
    endpoint(sagaRoutes.getSaga, async ({ params }) => ({ kind: 'data', data: await find(ports, params.id) })),
    endpoint(sagaRoutes.cancelSaga, (request) => cancel(ports, request)),
    endpoint(sagaRoutes.resumeSaga, (request) => resume(ports, request)),
  ];
}

async function start(ports: SagaPorts, request: HttpRequest<typeof sagaRoutes.startSaga>): Promise<DataAnswer> {
  const definition = await wanted(ports, request.body);
  const id = request.newId('saga');
  const { data } = request.body;
  assertFits({ definition, data });
  return handled(ports, request, {
    type: 'StartSaga',
    aggregateId: id,
    payload: { definition, data, machine: shapeOf(definition) },
  });
}

/** Both stand in the event that starts the saga, and a commit is one DynamoDB item of at most 400 KB. */
const MAX_START_BYTES = 320 * 1024;

function assertFits(start: { definition: SagaDefinitionBody; data: object }): void {
  if (Buffer.byteLength(JSON.stringify(start)) <= MAX_START_BYTES) return;
  throw new AppError('PAYLOAD_TOO_LARGE', `The definition and the data together have over ${MAX_START_BYTES} bytes.`);
}

async function wanted(
  { definitions, services }: SagaPorts,
  { definitionId, definition }: HttpRequest<typeof sagaRoutes.startSaga>['body'],
): Promise<SagaDefinitionBody> {
  if (definition !== undefined) {
    await assertServices(services, definition, (path) => `definition.${path}`);
    return definition;
  }
  const found = await definitionOf(definitions, definitionId ?? '');
  await assertServices(services, found, () => 'definitionId');
  return found;
}

const NO_REASON = 'The saga was cancelled.';

async function cancel(ports: SagaPorts, request: HttpRequest<typeof sagaRoutes.cancelSaga>): Promise<DataAnswer> {
  const { id: aggregateId } = request.params;
  await find(ports, aggregateId);
  const payload = { reason: request.body.reason ?? NO_REASON };
  return handled(ports, request, { type: 'CancelSaga', aggregateId, payload });
}

async function resume(ports: SagaPorts, request: HttpRequest<typeof sagaRoutes.resumeSaga>): Promise<DataAnswer> {
  const { id: aggregateId } = request.params;
  const { definition } = await find(ports, aggregateId);
  const { fromStep, input } = request.body;
  if (fromStep !== undefined && !definition.steps.some(({ id }) => id === fromStep)) {
    throw invalid([{ path: 'fromStep', message: 'is no step of this saga' }]);
  }
  const payload = { fromStep, input, machine: shapeOf(definition) };
  return handled(ports, request, { type: 'ResumeSaga', aggregateId, payload });
}

type Caller = Pick<
  HttpRequest<typeof sagaRoutes.cancelSaga>,
  'commandId' | 'correlationId' | 'caller' | 'now' | 'requestId'
>;
type Wish<Command = SagaCommand> = Command extends SagaCommand ? Omit<Command, 'id' | 'metadata'> : never;

/** The log goes first; who starts, wakes and compensates hears of it by its events. */
async function handled(ports: SagaPorts, request: Caller, wish: Wish): Promise<DataAnswer> {
  const { commandId: id, correlationId, requestId: causationId, caller, now } = request;
  const metadata = { correlationId, causationId, userId: caller.keyId, now };
  await sagaLog(ports.log).handle({ ...wish, id, metadata } as SagaCommand);
  return { kind: 'data', status: 202, data: await find(ports, wish.aggregateId) };
}

/** From the log, so that a caller sees every write acknowledged before. */
async function find({ log }: SagaPorts, id: string): Promise<SagaExecution> {
  const stream = await log.load(id);
  if (stream.version === 0) throw new AppError('NOT_FOUND', `There is no saga ${id}.`);
  return viewOf(history(sagaEvents, stream));
}

function viewOf(events: readonly Recorded<SagaEvent>[]): SagaExecution {
  return events.reduce<SagaExecution | undefined>(sagaView, undefined) as SagaExecution;
}

/** Of an answer as Lambda writes it, a text in JSON: it ends at 6 MB, and a saga may have as much as 5. */
const MAX_PAGE_BYTES = 5.5 * 1024 * 1024;

/** A page of large sagas ends before its limit, and its cursor is that of its own query. */
async function list(
  ports: SagaPorts,
  { limit, cursor, status }: HttpRequest<typeof sagaRoutes.listSagas>['query'],
): Promise<Page<SagaExecution>> {
  const query = { where: status === undefined ? {} : { status }, ...(cursor === undefined ? {} : { cursor }) };
  for (let most = limit; ; ) {
    const page = await ports.sagas.query({ ...query, limit: most });
    const items = await loaded(ports, page.items);
    if (items.length === page.items.length) return { items, nextCursor: page.nextCursor };
    most = items.length;
  }
}

/** The first of these sagas, as many as an answer holds; one at least. */
async function loaded(ports: SagaPorts, rows: readonly SagaRow[]): Promise<SagaExecution[]> {
  const items: SagaExecution[] = [];
  let bytes = 0;
  for (const { id } of rows) {
    const saga = await find(ports, id);
    bytes += Buffer.byteLength(JSON.stringify(JSON.stringify(saga)));
    if (bytes > MAX_PAGE_BYTES && items.length > 0) break;
    items.push(saga);
  }
  return items;
}
