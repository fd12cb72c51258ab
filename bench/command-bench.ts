import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { dynamoEventLog } from '../functions/shared/platform/log/dynamo-event-log.ts';
import type { CountingProxy } from './counting-proxy.ts';

/** Write units of one command of five events of 400 bytes, its index entry included, its publication marks not. */
export async function benchCommand(proxy: CountingProxy, table: string): Promise<number> {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint: proxy.endpoint }));
  const log = dynamoEventLog(client, table);
  const id = `bench_${randomUUID()}`;
  proxy.take();
  await log.append(await log.load(id), {
    commitId: id,
    committedAt: new Date().toISOString(),
    events: Array.from({ length: 5 }, () => ({ type: 'Measured', data: { text: 'x'.repeat(370) } })),
    metadata: { correlationId: id, traceId: id },
  });
  const writes = proxy.take().filter(({ operation }) => operation === 'PutItem');
  return writes.reduce((sum, { writeUnits }) => sum + writeUnits, 0);
}
