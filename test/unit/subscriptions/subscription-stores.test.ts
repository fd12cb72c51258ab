import { describe } from 'vitest';
import { dynamoClient } from '../../../functions/shared/platform/dynamo-client.ts';
import { dynamoSubscriptionStates } from '../../../functions/shared/platform/subscriptions/subscription-states.ts';
import { dynamoSubscriptionStore } from '../../../functions/subscriptions/adapters/subscription-store.ts';
import { memorySubscriptions } from '../../support/subscriptions/memory-subscription-store.ts';
import { subscriptionStoreContract } from '../../support/subscriptions/subscription-store-contract.ts';
import { memoryDocuments } from '../../support/webhooks/memory-documents.ts';

describe('subscriptions in memory', () => {
  subscriptionStoreContract(async () => memorySubscriptions());
});

/** What the real table is asked, as far as a small copy of DynamoDB understands it; the deployed one has the last word. */
describe('subscriptions in a table', () => {
  subscriptionStoreContract(async () => {
    memoryDocuments({ subscriptions: ['kind', 'id'] }, 100);
    const at = { client: dynamoClient(), table: 'subscriptions' };
    return { store: dynamoSubscriptionStore(at), states: dynamoSubscriptionStates(at) };
  });
});
