import { describe } from 'vitest';
import { dynamoFailedEvents } from '../../functions/projections/adapters/dynamo-failed-events.ts';
import { dynamoProjectionStore } from '../../functions/projections/adapters/dynamo-projection-store.ts';
import { dynamoSegments } from '../../functions/projections/adapters/dynamo-segments.ts';
import { dynamoClient } from '../../functions/shared/platform/dynamo-client.ts';
import { output } from '../support/cloud/cloud.ts';
import { failedEventsContract } from '../support/projections/failed-events-contract.ts';
import { projectionStoreContract } from '../support/projections/projection-store-contract.ts';
import { segmentsContract } from '../support/projections/segments-contract.ts';

describe('what projections know of themselves, in DynamoDB', () => {
  const at = { client: dynamoClient(), table: output('ProjectionsTable') };
  projectionStoreContract(dynamoProjectionStore(at));
  failedEventsContract(dynamoFailedEvents(at));
  segmentsContract(dynamoSegments(at));
});
