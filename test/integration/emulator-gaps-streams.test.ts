import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { CreateEventSourceMappingCommandInput } from '@aws-sdk/client-lambda';
import {
  CreateEventSourceMappingCommand,
  DeleteEventSourceMappingCommand,
  InvokeCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { describe, expect } from 'vitest';
import { waitFor } from '../../local/process/waiting.ts';
import { gap } from '../support/cloud/emulator-gap.ts';
import type { SmallQueue } from '../support/cloud/small-cloud.ts';
import { messagesIn, smallQueue, smallTable } from '../support/cloud/small-cloud.ts';
import { smallLambda, smallRole } from '../support/cloud/small-lambda.ts';
import { ThrowAway } from '../support/cloud/throw-away.ts';

const AWS_DOCS = 'https://docs.aws.amazon.com';

const dynamo = new DynamoDBClient({});
const lambda = new LambdaClient({});

async function put(TableName: string, id: string, text = ''): Promise<void> {
  await dynamo.send(new PutItemCommand({ TableName, Item: { id: { S: id }, text: { S: text } } }));
}

/** Waits until so many messages are in a queue, and answers what they say. */
async function told(queue: SmallQueue, count: number): Promise<unknown[]> {
  const look = async () => {
    const messages = await messagesIn(queue);
    return messages.length >= count ? messages : undefined;
  };
  const messages = await waitFor(look, { everyMs: 500, limitMs: 40_000 });
  if (messages === undefined) throw new Error(`${count} messages have not come after 40 s.`);
  return messages.map((body) => JSON.parse(body) as unknown);
}

/** A Lambda that is given the stream of a table with these rows as one batch, and the queue that it tells what it got. */
async function witnessOf(
  own: ThrowAway,
  rows: readonly string[],
  source: Partial<CreateEventSourceMappingCommandInput>,
): Promise<SmallQueue> {
  const { streamArn } = await smallTable(own, ['id'], { stream: true });
  for (const id of rows) await put(own.name, id);
  const queue = await smallQueue(own, 'witness');
  const FunctionName = await smallLambda(own, {
    file: 'test/support/cloud/witness.ts',
    roleArn: await smallRole(own),
    variables: { WITNESS_QUEUE: queue.url },
  });
  // One thread of the emulator serves the streams of all tables: a cold start in it would hold up the product's.
  await lambda.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify({ Records: [] }) }));
  const { UUID } = await lambda.send(
    new CreateEventSourceMappingCommand({
      FunctionName,
      EventSourceArn: streamArn,
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 10,
      ...source,
    }),
  );
  own.removedBy(() => lambda.send(new DeleteEventSourceMappingCommand({ UUID })));
  return queue;
}

describe('tables and their streams on the pinned emulator', () => {
  gap(
    'a strongly consistent read takes one unit, whatever is read',
    {
      aws: 'it takes one for each 4 KB',
      doc: `${AWS_DOCS}/amazondynamodb/latest/developerguide/read-write-operations.html`,
    },
    async () => {
      await using own = new ThrowAway('gap-read');
      await smallTable(own, ['id']);
      await put(own.name, 'large', 'x'.repeat(18_000));
      const { ConsumedCapacity } = await dynamo.send(
        new GetItemCommand({
          TableName: own.name,
          Key: { id: { S: 'large' } },
          ConsistentRead: true,
          ReturnConsumedCapacity: 'TOTAL',
        }),
      );
      expect(ConsumedCapacity?.CapacityUnits).toBe(1);
    },
  );

  gap(
    'a record of a stream that a batch reports as failed is lost',
    {
      aws: 'the batch begins again at that record',
      doc: `${AWS_DOCS}/lambda/latest/dg/services-ddb-batchfailurereporting.html`,
    },
    async () => {
      await using own = new ThrowAway('gap-partial');
      const batch = ['first', 'refused', 'last'];
      const witness = await witnessOf(own, batch, { FunctionResponseTypes: ['ReportBatchItemFailures'] });
      await told(witness, 1);
      await put(own.name, 'later');
      expect(await told(witness, 2)).toEqual([batch, ['later']]);
    },
  );

  gap(
    'a batch of a stream that throws comes again, whole, past its limit of attempts, and nowhere else',
    {
      aws: 'it is halved, and what still fails goes to the destination for failures after so many attempts',
      doc: `${AWS_DOCS}/lambda/latest/dg/services-dynamodb-errors.html`,
    },
    async () => {
      await using own = new ThrowAway('gap-poison');
      const failures = await smallQueue(own, 'failures');
      const batch = ['first', 'poison', 'last'];
      const witness = await witnessOf(own, batch, {
        MaximumRetryAttempts: 1,
        BisectBatchOnFunctionError: true,
        DestinationConfig: { OnFailure: { Destination: failures.arn } },
      });
      expect((await told(witness, 3)).slice(0, 3)).toEqual([batch, batch, batch]);
      expect(await messagesIn(failures)).toEqual([]);
    },
  );
});
