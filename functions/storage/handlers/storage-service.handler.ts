import { ENV } from '../../contracts/env.ts';
import { ownBreaker, ownServiceStore } from '../../shared/platform/breaker/own-breaker.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { requireEnv } from '../../shared/platform/env.ts';
import { dynamoEventLog } from '../../shared/platform/log/dynamo-event-log.ts';
import { sagaServicePipeline } from '../../shared/platform/sagas/saga-service-pipeline.ts';
import { dynamoStepTokens } from '../../shared/platform/sagas/step-tokens.ts';
import { checkStorageService, storageService } from '../adapters/storage-service.ts';
import { s3TaskFileStore } from '../adapters/task-file-store.ts';

const client = dynamoClient();
const log = dynamoEventLog(client, requireEnv(ENV.eventLogTable));
const files = s3TaskFileStore(requireEnv(ENV.filesBucket));

export const handler = sagaServicePipeline(storageService({ log, files }), {
  log,
  tokens: dynamoStepTokens(client, requireEnv(ENV.stepTokensTable)),
  breaker: ownBreaker(ownServiceStore(client)),
  checkHealth: () => checkStorageService(files),
});
