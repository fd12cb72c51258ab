import { describe } from 'vitest';
import { dynamoLetterStore } from '../../../functions/dead-letters/adapters/dynamo-letter-store.ts';
import { letterStoreContract } from '../../support/dead-letters/letter-store-contract.ts';
import { letterTables } from '../../support/dead-letters/letter-table.ts';
import { captureLogLines } from '../../support/log-lines.ts';

captureLogLines();

/** What the real tables are asked, as far as a small copy of DynamoDB understands it; the deployed ones have the last word. */
describe('letters in tables', () => {
  const { at, rows, items, commits } = letterTables();
  letterStoreContract(async () => ({
    store: dynamoLetterStore(at),
    record: async (row) => void (await rows.put({ row, version: 1 }, 0)),
    history: async (id) => commits().filter(({ aggregateId }) => aggregateId === id),
    expiresAt: async (id) => items().find((item) => item.id === `dead-letters#1#${id}`)?.expiresAt,
  }));
});
