import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { DeleteCommand, paginateQuery, UpdateCommand } from '@aws-sdk/lib-dynamodb';

/** Which machines the sagas of users have, since when each is unused, and what it was made from. Times are ISO 8601, UTC. */
export interface MachineRegistry {
  /** Notes that the machine of a shape is needed now; `removing`: somebody is about to remove it. */
  use(shape: string, now: string): Promise<{ madeFrom: string | undefined } | 'removing'>;
  /** Notes that the machine is not there any more: it is to be made anew. */
  lost(shape: string): Promise<void>;
  /** Notes what the machine was made from. */
  made(shape: string, madeFrom: string): Promise<void>;
  unusedSince(time: string): Promise<{ shape: string; lastUsed: string }[]>;
  /** `false`: it is used again, or somebody else removes it. A claim that was left behind is free again after an hour. */
  claim(machine: { shape: string; lastUsed: string }, now: string): Promise<boolean>;
  /** Gives a claim back; with a time, because the machine is used after all. */
  letGo(shape: string, usedAt?: string): Promise<void>;
  forget(shape: string): Promise<void>;
}

const KIND = 'machine';
const CLAIM_MS = 3_600_000;

/** Rows beside the definitions. */
export function dynamoMachineRegistry(client: DynamoDBDocumentClient, table: string): MachineRegistry {
  const keyOf = (shape: string) => ({ TableName: table, Key: { kind: KIND, id: shape } });
  return {
    async use(shape, now) {
      const changed = await unlessRefused(
        client.send(
          new UpdateCommand({
            ...keyOf(shape),
            UpdateExpression: 'SET lastUsed = :now',
            ConditionExpression: 'attribute_not_exists(removing)',
            ExpressionAttributeValues: { ':now': now },
            ReturnValues: 'ALL_NEW',
          }),
        ),
      );
      return changed === undefined ? 'removing' : { madeFrom: changed.Attributes?.madeFrom as string | undefined };
    },
    async made(shape, madeFrom) {
      await client.send(
        new UpdateCommand({
          ...keyOf(shape),
          UpdateExpression: 'SET madeFrom = :from',
          ExpressionAttributeValues: { ':from': madeFrom },
        }),
      );
    },
    async unusedSince(time) {
      const found: { shape: string; lastUsed: string }[] = [];
      const pages = paginateQuery(
        { client },
        {
          TableName: table,
          KeyConditionExpression: 'kind = :kind',
          FilterExpression: 'lastUsed < :time',
          ExpressionAttributeValues: { ':kind': KIND, ':time': time },
          ConsistentRead: true,
        },
      );
      for await (const { Items = [] } of pages)
        for (const { id, lastUsed } of Items) found.push({ shape: id, lastUsed });
      return found;
    },
    async claim({ shape, lastUsed }, now) {
      const claimed = await unlessRefused(
        client.send(
          new UpdateCommand({
            ...keyOf(shape),
            UpdateExpression: 'SET removing = :now',
            ConditionExpression: 'lastUsed = :seen AND (attribute_not_exists(removing) OR removing < :stale)',
            ExpressionAttributeValues: {
              ':now': now,
              ':seen': lastUsed,
              ':stale': new Date(Date.parse(now) - CLAIM_MS).toISOString(),
            },
          }),
        ),
      );
      return claimed !== undefined;
    },
    async letGo(shape, usedAt) {
      const used = usedAt === undefined ? {} : { ExpressionAttributeValues: { ':used': usedAt } };
      const UpdateExpression = `${usedAt === undefined ? '' : 'SET lastUsed = :used '}REMOVE removing`;
      await client.send(new UpdateCommand({ ...keyOf(shape), UpdateExpression, ...used }));
    },
    async lost(shape) {
      await client.send(new UpdateCommand({ ...keyOf(shape), UpdateExpression: 'REMOVE madeFrom' }));
    },
    async forget(shape) {
      await client.send(new DeleteCommand(keyOf(shape)));
    },
  };
}

async function unlessRefused<T>(change: Promise<T>): Promise<T | undefined> {
  try {
    return await change;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}
