import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { DeleteCommand, GetCommand, PutCommand, paginateQuery, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Page } from '../../contracts/api/list.ts';
import type { SagaDefinitionBody } from '../../contracts/api/saga-definition.ts';
import { cursorTo, placeOf } from '../../shared/platform/cursor.ts';

/** The definitions of sagas that users have sent. */
export interface SagaDefinitions {
  /** `true`: there was none of this id. */
  put(definition: SagaDefinitionBody): Promise<boolean>;
  find(id: string): Promise<SagaDefinitionBody | undefined>;
  /** By their ids. */
  list(page: { limit: number; cursor?: string | undefined }): Promise<Page<SagaDefinitionBody>>;
  /** `false`: there was none. */
  remove(id: string): Promise<boolean>;
  count(): Promise<number>;
}

const KIND = 'definition';
const LIST = 'saga-definitions';

export function dynamoSagaDefinitions(client: DynamoDBDocumentClient, table: string): SagaDefinitions {
  const keyOf = (id: string) => ({ kind: KIND, id });
  const all = {
    TableName: table,
    KeyConditionExpression: 'kind = :kind',
    ExpressionAttributeValues: { ':kind': KIND },
    ConsistentRead: true,
  };
  return {
    async put(definition) {
      // As text: DynamoDB's own types refuse nesting over 32 levels, and know empty names otherwise than JSON does.
      const Item = { ...keyOf(definition.id), definition: JSON.stringify(definition) };
      const { Attributes } = await client.send(new PutCommand({ TableName: table, Item, ReturnValues: 'ALL_OLD' }));
      return Attributes === undefined;
    },
    async find(id) {
      const { Item } = await client.send(new GetCommand({ TableName: table, Key: keyOf(id), ConsistentRead: true }));
      return Item && definitionOf(Item);
    },
    async list({ limit, cursor }) {
      const after = cursor === undefined ? undefined : placeOf(cursor, LIST, ['id']).id;
      const start = after === undefined ? {} : { ExclusiveStartKey: keyOf(after) };
      // One more tells whether there is a next page; DynamoDB ends a page at 1 MB besides.
      const query = new QueryCommand({ ...all, ...start, Limit: limit + 1 });
      const { Items = [], LastEvaluatedKey } = await client.send(query);
      const items = Items.slice(0, limit).map(definitionOf);
      const last = items.at(-1);
      const isLast = Items.length <= limit && LastEvaluatedKey === undefined;
      const nextCursor = isLast || last === undefined ? null : cursorTo(LIST, { id: last.id });
      return { items, nextCursor };
    },
    async remove(id) {
      const { Attributes } = await client.send(
        new DeleteCommand({ TableName: table, Key: keyOf(id), ReturnValues: 'ALL_OLD' }),
      );
      return Attributes !== undefined;
    },
    async count() {
      let count = 0;
      for await (const { Count = 0 } of paginateQuery({ client }, { ...all, Select: 'COUNT' })) count += Count;
      return count;
    },
  };
}

function definitionOf(item: Record<string, unknown>): SagaDefinitionBody {
  return JSON.parse(item.definition as string) as SagaDefinitionBody;
}
