import { ENV } from '../../contracts/env.ts';
import { taskReadModel } from '../../contracts/views/task.model.ts';
import { ownBreaker, ownServiceStore } from '../../shared/platform/breaker/own-breaker.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { transact } from '../../shared/platform/dynamo-transaction.ts';
import { requireEnv } from '../../shared/platform/env.ts';
import { dynamoIdempotency } from '../../shared/platform/http/dynamo-idempotency.ts';
import { httpPipeline } from '../../shared/platform/http/http-pipeline.ts';
import { dynamoEventLog } from '../../shared/platform/log/dynamo-event-log.ts';
import { addressFaults, addressRules } from '../../shared/platform/outgoing/address-rules.ts';
import { ownReadModel } from '../../shared/platform/read-models/current-read-model.ts';
import { sagaLog } from '../../shared/platform/sagas/saga-log.ts';
import { taskLog } from '../../shared/platform/task-log.ts';
import { dynamoDeliveryStore } from '../../shared/platform/webhooks/dynamo-delivery-store.ts';
import { commandEndpoints } from '../adapters/command-endpoints.ts';
import { dynamoCommandReceipts } from '../adapters/dynamo-command-receipts.ts';
import { taskCallbacks } from '../adapters/task-callbacks.ts';
import { taskEndpoints } from '../adapters/task-endpoints.ts';
import { s3TaskFiles } from '../adapters/task-files.ts';
import { taskCanceller } from '../adapters/task-saga.ts';
import { taskSagaDefinition } from '../adapters/task-saga-definition.ts';
import { dynamoToldLog } from '../adapters/told-log.ts';

const client = dynamoClient();
const eventLog = requireEnv(ENV.eventLogTable);
const idempotency = requireEnv(ENV.idempotencyTable);
const log = dynamoEventLog(client, eventLog);
const deliveries = dynamoDeliveryStore({ client, table: requireEnv(ENV.webhooksTable) });
const rules = addressRules();

const ports = {
  log,
  tasks: ownReadModel(client, taskReadModel),
  files: s3TaskFiles(requireEnv(ENV.filesBucket)),
  lines: taskLog(client, requireEnv(ENV.taskLogTable)),
  breaker: ownBreaker(ownServiceStore(client)),
  cancel: taskCanceller(sagaLog(log), taskSagaDefinition()),
  callbacks: taskCallbacks(deliveries, (writes) => transact(client, writes)),
  toldLog: dynamoToldLog({ client, eventLog, log, deliveries }),
  receipts: dynamoCommandReceipts(client, idempotency),
  addressFaults: (text: string, path: string) => addressFaults(text, path, rules),
};

export const handler = httpPipeline([...taskEndpoints(ports), ...commandEndpoints(ports)], {
  idempotency: dynamoIdempotency(idempotency),
});
