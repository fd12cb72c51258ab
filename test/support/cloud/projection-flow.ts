import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import type { ProjectionView } from '../../../functions/contracts/api/projection.ts';
import type { QueryResult } from '../../../functions/contracts/api/query.ts';
import type { ProjectionName } from '../../../functions/contracts/projections.ts';
import type { NewEvent } from '../../../functions/shared/kernel/decider.ts';
import { currentTraceId, newId } from '../../../functions/shared/platform/ids.ts';
import { dynamoEventLog } from '../../../functions/shared/platform/log/dynamo-event-log.ts';
import { waitFor } from '../../../local/process/waiting.ts';
import type { ApiClient } from './api-client.ts';
import { dataOf } from './api-client.ts';
import { output } from './cloud.ts';

export const documents = DynamoDBDocumentClient.from(new DynamoDBClient({}));
export const eventLog = dynamoEventLog(documents, output('EventLogTable'));

export async function projectionOf(api: ApiClient, name: ProjectionName): Promise<ProjectionView> {
  const { items } = dataOf<{ items: ProjectionView[] }>(await api.call('/projections'));
  const found = items.find((one) => one.name === name);
  if (found === undefined) throw new Error(`There is no projection ${name}.`);
  return found;
}

/** Waits until a projection stands as wanted. */
export async function untilProjection(
  api: ApiClient,
  name: ProjectionName,
  isWanted: (view: ProjectionView) => boolean,
  limitMs = 60_000,
): Promise<ProjectionView> {
  let seen: ProjectionView | undefined;
  const look = async () => {
    seen = await projectionOf(api, name);
    return isWanted(seen) ? seen : undefined;
  };
  const found = await waitFor(look, { everyMs: 250, limitMs });
  if (found === undefined) throw new Error(`Not so within ${limitMs} ms: ${JSON.stringify(seen)}`);
  return found;
}

export async function query<Data>(api: ApiClient, type: ProjectionName, parameters = {}): Promise<Data> {
  return dataOf<QueryResult>(await api.post('/queries', { type, parameters })).data as Data;
}

/** Events of an aggregate, as a command would leave them in the log; only what follows the log hears of them. */
export async function append(aggregateId: string, ...events: NewEvent[]): Promise<void> {
  const commit = await eventLog.append(await eventLog.load(aggregateId), {
    commitId: newId('req'),
    committedAt: new Date().toISOString(),
    events,
    metadata: { correlationId: newId('corr'), traceId: currentTraceId() },
  });
  if (commit === 'conflict') throw new Error(`Somebody else writes ${aggregateId}.`);
}

/** The ids of all aggregates in the log that begin so. */
export async function aggregatesOf(beginning: string): Promise<string[]> {
  const ids = new Set<string>();
  const pages = paginateScan(
    { client: documents },
    { TableName: output('EventLogTable'), ConsistentRead: true, ProjectionExpression: 'aggregateId' },
  );
  for await (const { Items = [] } of pages) for (const { aggregateId } of Items) ids.add(aggregateId as string);
  return [...ids].filter((id) => id.startsWith(beginning));
}
