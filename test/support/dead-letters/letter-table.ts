import type { BatchGetCommandInput, QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { BatchGetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { DeadLetterRow } from '../../../functions/contracts/dead-letters.ts';
import { deadLetterModel } from '../../../functions/contracts/dead-letters.ts';
import type { LetterTables } from '../../../functions/dead-letters/adapters/dynamo-letter-store.ts';
import { dynamoClient } from '../../../functions/shared/platform/dynamo-client.ts';
import { commitFromItem } from '../../../functions/shared/platform/log/dynamo-event-log.ts';
import { dynamoReadModels } from '../../../functions/shared/platform/read-models/dynamo-read-models.ts';
import { memoryDocuments } from '../webhooks/memory-documents.ts';

type Item = Record<string, string>;

/** The tables of letters and of events behind every document client of the test file, with the indexes that letters are found by. */
export function letterTables() {
  const { rowsOf, mock } = memoryDocuments({ letters: ['id'], events: ['aggregateId', 'version'] });
  const at: LetterTables = { client: dynamoClient(), table: 'letters', eventLog: 'events' };
  mock.on(QueryCommand, { TableName: 'letters' }).callsFake(async (input: QueryCommandInput) => {
    const slot = input.IndexName ?? '';
    const sign = input.ScanIndexForward === false ? -1 : 1;
    const place = ({ sort, id }: Item) => `${sort} ${id}`;
    const start = input.ExclusiveStartKey as Item | undefined;
    const compared = (one: Item, other: Item) => (place(one) < place(other) ? -sign : sign);
    const found = ([...rowsOf('letters').values()] as Item[])
      .filter((item) => item[slot] === input.ExpressionAttributeValues?.[':key'])
      .sort(compared)
      .filter((item) => start === undefined || compared(start, item) < 0)
      .filter((item) => start?.id !== item.id);
    const keys = found.slice(0, input.Limit).map(({ id, sort, [slot]: key }) => ({ id, sort, [slot]: key }));
    const isFull = keys.length < found.length;
    return { Count: keys.length, Items: keys, ...(isFull && { LastEvaluatedKey: keys.at(-1) }) };
  });
  mock.on(BatchGetCommand).callsFake(async ({ RequestItems = {} }: BatchGetCommandInput) => {
    const { Keys = [], ProjectionExpression, ExpressionAttributeNames = {} } = RequestItems.letters ?? {};
    if (Keys.length === 0 || Keys.length > 100) throw new Error('BatchGetItem takes 1 to 100 keys.');
    const names = ProjectionExpression?.split(', ').map((name) => ExpressionAttributeNames[name] ?? name);
    const items = Keys.map(({ id }) => rowsOf('letters').get(JSON.stringify([id]))).filter(
      (item) => item !== undefined,
    );
    return { Responses: { letters: items.map((item) => structuredClone(names ? only(item, names) : item)) } };
  });
  const rows = dynamoReadModels<DeadLetterRow>(at.client, at.table, deadLetterModel);
  return {
    at,
    rows,
    /** As they stand in the table. */
    items: () => [...rowsOf('letters').values()],
    commits: () => [...rowsOf('events').values()].map(commitFromItem),
    clear(): void {
      for (const table of ['letters', 'events']) rowsOf(table).clear();
    },
  };
}

function only(item: Record<string, unknown>, names: readonly string[]) {
  return Object.fromEntries(names.filter((name) => name in item).map((name) => [name, item[name]]));
}
