import middy from '@middy/core';
import { ENV } from '../../contracts/env.ts';
import type { CloseSaga } from '../../contracts/sagas/saga-calls.ts';
import { dynamoClient } from '../../shared/platform/dynamo-client.ts';
import { requireEnv } from '../../shared/platform/env.ts';
import { dynamoEventLog } from '../../shared/platform/log/dynamo-event-log.ts';
import { sagaLog } from '../../shared/platform/sagas/saga-log.ts';
import { sagaCloser } from '../adapters/close-saga.ts';

const close = sagaCloser(sagaLog(dynamoEventLog(dynamoClient(), requireEnv(ENV.eventLogTable))));

export const handler = middy<CloseSaga, void>(async (event: CloseSaga) => close(event));
