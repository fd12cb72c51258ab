import { ENV } from '../../contracts/env.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { requireEnv } from '../../shared/platform/env.ts';
import { dynamoEventLog } from '../../shared/platform/log/dynamo-event-log.ts';
import { dynamoReadModels } from '../../shared/platform/read-models/dynamo-read-models.ts';
import { READ_MODELS } from '../domain/read-models.ts';
import { dynamoFailedEvents } from './dynamo-failed-events.ts';
import { dynamoProjectionStore } from './dynamo-projection-store.ts';
import type { ProjectionPorts } from './projection-ports.ts';

/** The tables of projections, as the function's environment says. */
export function ownProjections(): ProjectionPorts & {
  client: ReturnType<typeof dynamoClient>;
  tables: { projections: string; readModels: string; eventLog: string };
} {
  const client = dynamoClient();
  const projections = requireEnv(ENV.projectionsTable);
  const readModels = requireEnv(ENV.readModelsTable);
  const eventLog = requireEnv(ENV.eventLogTable);
  const at = { client, table: projections };
  return {
    client,
    tables: { projections, readModels, eventLog },
    store: dynamoProjectionStore(at),
    failed: dynamoFailedEvents(at),
    log: dynamoEventLog(client, eventLog),
    rowsOf: (name, generation) => dynamoReadModels(client, readModels, { ...READ_MODELS[name].model, generation }),
    now: () => new Date().toISOString(),
  };
}
