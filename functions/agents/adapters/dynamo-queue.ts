import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { AgentState, QueuedWork } from './agent-state.ts';
import type { AgentTable } from './agent-table.ts';

type Queue = Pick<AgentState, 'enqueue' | 'dequeue' | 'waiting'>;

export function dynamoQueue(at: AgentTable): Queue {
  return {
    enqueue: (work) => enqueue(at, work),
    dequeue: (work) => dequeue(at, work),
    waiting: (taskType, limit) => waiting(at, taskType, limit),
  };
}

function queueKey({ taskType, priority, createdAt, taskId }: QueuedWork) {
  return { pk: `queue#${taskType}`, sk: `${9 - priority}#${createdAt}#${taskId}` };
}

async function enqueue({ client, table }: AgentTable, work: QueuedWork): Promise<void> {
  const condition = {
    ConditionExpression: 'attribute_not_exists(pk) OR #round < :round',
    ExpressionAttributeNames: { '#round': 'round' },
    ExpressionAttributeValues: { ':round': work.round },
  };
  const item = { ...queueKey(work), ...work };
  await unlessRefused(() => client.send(new PutCommand({ TableName: table, Item: item, ...condition })));
}

async function dequeue({ client, table }: AgentTable, work: QueuedWork): Promise<void> {
  const condition = {
    ConditionExpression: '#round = :round',
    ExpressionAttributeNames: { '#round': 'round' },
    ExpressionAttributeValues: { ':round': work.round },
  };
  await unlessRefused(() => client.send(new DeleteCommand({ TableName: table, Key: queueKey(work), ...condition })));
}

/** The row is another round's by now, and stays as it is. */
async function unlessRefused(write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}

async function waiting({ client, table }: AgentTable, taskType: string, limit: number): Promise<QueuedWork[]> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: 'pk = :queue',
      ExpressionAttributeValues: { ':queue': `queue#${taskType}` },
      Limit: limit,
      ConsistentRead: true,
    }),
  );
  return Items.map(({ pk: _, sk: __, ...work }) => work as QueuedWork);
}
