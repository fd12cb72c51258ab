import { ENV } from '../../contracts/env.ts';
import { sagaReadModel } from '../../contracts/views/saga.model.ts';
import { taskReadModel } from '../../contracts/views/task.model.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { requireEnv } from '../../shared/platform/env.ts';
import { dynamoEventLog } from '../../shared/platform/log/dynamo-event-log.ts';
import { subscriberPipeline } from '../../shared/platform/queues/subscriber-pipeline.ts';
import { ownReadModel } from '../../shared/platform/read-models/current-read-model.ts';
import { sagaLog } from '../../shared/platform/sagas/saga-log.ts';
import { dynamoStepTokens } from '../../shared/platform/sagas/step-tokens.ts';
import { sfnTokenAnswers } from '../../shared/platform/sagas/token-answers.ts';
import { machineRemoval } from '../adapters/machine-removal.ts';
import { openSagas } from '../adapters/open-sagas.ts';
import { ownMachines } from '../adapters/own-machines.ts';
import { sagaSweep } from '../adapters/saga-sweep.ts';

const client = dynamoClient();
const lists = { sagas: ownReadModel(client, sagaReadModel), tasks: ownReadModel(client, taskReadModel) };
const ports = {
  ...ownMachines(client),
  sagas: sagaLog(dynamoEventLog(client, requireEnv(ENV.eventLogTable))),
  tokens: dynamoStepTokens(client, requireEnv(ENV.stepTokensTable)),
  answers: sfnTokenAnswers(),
  open: () => openSagas(lists),
  now: Date.now,
};
const sweep = sagaSweep(ports);
const removeUnused = machineRemoval(ports);

export const handler = subscriberPipeline<unknown>(async () => {
  try {
    await removeUnused();
  } finally {
    await sweep();
  }
});
