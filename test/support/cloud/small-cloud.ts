import type { KeySchemaElement } from '@aws-sdk/client-dynamodb';
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { CreateStateMachineCommand, DeleteStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import type { QueueAttributeName } from '@aws-sdk/client-sqs';
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { ThrowAway } from './throw-away.ts';

const dynamo = new DynamoDBClient({});
const sfn = new SFNClient({});
const sqs = new SQSClient({});

export interface SmallQueue {
  url: string;
  arn: string;
}

/** A table whose keys are strings, billed by request. Its name is that of the things. */
export async function smallTable(
  things: ThrowAway,
  keys: readonly string[],
  options: { stream?: boolean } = {},
): Promise<{ streamArn: string }> {
  const TableName = things.name;
  const KeySchema = keys.map((AttributeName, index): KeySchemaElement => {
    return { AttributeName, KeyType: index === 0 ? 'HASH' : 'RANGE' };
  });
  const { TableDescription } = await dynamo.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema,
      AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      StreamSpecification: options.stream
        ? { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' }
        : { StreamEnabled: false },
    }),
  );
  things.removedBy(() => dynamo.send(new DeleteTableCommand({ TableName })));
  await waitUntilTableExists({ client: dynamo, minDelay: 1, maxWaitTime: 20 }, { TableName });
  return { streamArn: TableDescription?.LatestStreamArn ?? '' };
}

/** `suffix` tells the queues of one test apart. */
export async function smallQueue(
  things: ThrowAway,
  suffix: string,
  attributes: Partial<Record<QueueAttributeName, string>> = {},
): Promise<SmallQueue> {
  const { QueueUrl: url = '' } = await sqs.send(
    new CreateQueueCommand({ QueueName: `${things.name}-${suffix}`, Attributes: attributes }),
  );
  things.removedBy(() => sqs.send(new DeleteQueueCommand({ QueueUrl: url })));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] }));
  return { url, arn: Attributes?.QueueArn ?? '' };
}

/** The bodies of up to ten messages, which stay. */
export async function messagesIn({ url }: SmallQueue): Promise<string[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10, VisibilityTimeout: 0 }),
  );
  return Messages.map(({ Body }) => Body ?? '');
}

/** Makes a machine and answers its ARN. */
export async function smallMachine(
  things: ThrowAway,
  { name, definition, roleArn }: { name: string; definition: object; roleArn: string },
): Promise<string> {
  const { stateMachineArn = '' } = await sfn.send(
    new CreateStateMachineCommand({ name, definition: JSON.stringify(definition), roleArn }),
  );
  things.removedBy(() => sfn.send(new DeleteStateMachineCommand({ stateMachineArn })));
  return stateMachineArn;
}
