import type { QueryCommandInput } from '@aws-sdk/lib-dynamodb';

/** Asks for the items of a projection whose part begins like this, in the order of their parts. */
export function beginningWith(table: string, name: string, beginning: string): QueryCommandInput {
  return {
    TableName: table,
    KeyConditionExpression: '#name = :name AND begins_with(#part, :beginning)',
    ExpressionAttributeNames: { '#name': 'name', '#part': 'part' },
    ExpressionAttributeValues: { ':name': name, ':beginning': beginning },
    ConsistentRead: true,
  };
}
