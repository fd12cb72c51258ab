import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { ENV } from '../../contracts/env.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { requireEnv } from '../../shared/platform/env.ts';
import { dynamoEventLog } from '../../shared/platform/log/dynamo-event-log.ts';
import { dynamoReadModels } from '../../shared/platform/read-models/dynamo-read-models.ts';
import { READ_MODELS } from '../domain/read-models.ts';
import { dynamoFailedEvents } from './dynamo-failed-events.ts';
import { dynamoProjectionStore } from './dynamo-projection-store.ts';
import type { ProjectionPorts } from './projection-ports.ts';

/** The names of the tables that projections work on. */
export interface ProjectionTables {
  projections: string;
  readModels: string;
  eventLog: string;
}

export function projectionsIn(client: DynamoDBDocumentClient, tables: ProjectionTables): ProjectionPorts {
  const at = { client, table: tables.projections };
  return {
    store: dynamoProjectionStore(at),
    failed: dynamoFailedEvents(at),
    log: dynamoEventLog(client, tables.eventLog),
    rowsOf: (name, generation) =>
      dynamoReadModels(client, tables.readModels, { ...READ_MODELS[name].model, generation }),
    now: () => new Date().toISOString(),
  };
}

/** Those in the tables that the function's environment names. */
export function ownProjections(): ProjectionPorts & { client: DynamoDBDocumentClient; tables: ProjectionTables } {
  const client = dynamoClient();
  const tables = {
    projections: requireEnv(ENV.projectionsTable),
    readModels: requireEnv(ENV.readModelsTable),
    eventLog: requireEnv(ENV.eventLogTable),
  };
  return { ...projectionsIn(client, tables), client, tables };
}
