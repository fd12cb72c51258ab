import { describe } from 'vitest';
import { dynamoRequestLists } from '../../functions/requests/adapters/dynamo-request-list.ts';
import { dynamoDueRequests, dynamoRequestStore } from '../../functions/requests/adapters/dynamo-request-store.ts';
import { dynamoClient } from '../../functions/shared/platform/dynamo-client.ts';
import { dynamoDeliveryStore } from '../../functions/shared/platform/webhooks/dynamo-delivery-store.ts';
import { output } from '../support/cloud/cloud.ts';
import { tableLike } from '../support/log/table-like.ts';
import { requestListContract } from '../support/requests/request-list-contract.ts';
import { requestStoreContract } from '../support/requests/request-store-contract.ts';

/** In tables of their own: the deployed ones are swept each minute, and these requests are of no service. */
describe('requests in DynamoDB', () => {
  const tables = { requests: tableLike(output('RequestsTable')), webhooks: tableLike(output('WebhooksTable')) };
  const client = dynamoClient();
  const open = async () => {
    const deliveries = dynamoDeliveryStore({ client, table: await tables.webhooks });
    const at = { client, table: await tables.requests };
    const requests = {
      ...dynamoRequestStore({ ...at, deliveries }),
      ...dynamoRequestLists(at),
      due: dynamoDueRequests(at),
    };
    return { requests, deliveries };
  };
  requestStoreContract(open);
  requestListContract(async () => (await open()).requests);
});
