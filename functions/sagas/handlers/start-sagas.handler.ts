import { ENV } from '../../contracts/env.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { requireEnv } from '../../shared/platform/env.ts';
import { dynamoEventLog } from '../../shared/platform/log/dynamo-event-log.ts';
import { subscriberPipeline } from '../../shared/platform/queues/subscriber-pipeline.ts';
import { sagaLog } from '../../shared/platform/sagas/saga-log.ts';
import { ownMachines } from '../adapters/own-machines.ts';
import { sagaStarter } from '../adapters/saga-starter.ts';

const client = dynamoClient();
const sagas = sagaLog(dynamoEventLog(client, requireEnv(ENV.eventLogTable)));

export const handler = subscriberPipeline(sagaStarter({ sagas, machines: ownMachines(client).machines }));
