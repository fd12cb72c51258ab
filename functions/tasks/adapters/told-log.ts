import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { transact } from '../../shared/platform/dynamo-transaction.ts';
import { commitWrite, tellCommitted } from '../../shared/platform/log/dynamo-event-log.ts';
import type { EventLog } from '../../shared/platform/log/event-log.ts';
import { commitBehind } from '../../shared/platform/log/event-log.ts';
import type { WebhookStream } from '../../shared/platform/webhooks/deliveries.ts';
import type { DeliveryWrites } from '../../shared/platform/webhooks/delivery-store.ts';

/**
 * The log for a task with a callback address: its first commit and its stream are one transaction. A task without its stream would not
 * be told of; and a stream without its task would be told of somebody else's, since callers may choose ids.
 */
export type ToldLog = (stream: WebhookStream) => EventLog;

export interface ToldLogTables {
  client: DynamoDBDocumentClient;
  eventLog: string;
  log: EventLog;
  deliveries: Pick<DeliveryWrites, 'open'>;
}

/** A conflict is whatever stands in the way, the commit's own first try too: whoever hears of it reads again. */
export function dynamoToldLog({ client, eventLog, log, deliveries }: ToldLogTables): ToldLog {
  return (stream) => ({
    load: log.load,
    async append(before, newCommit) {
      const commit = commitBehind(before, newCommit);
      const isWritten = await transact(client, () => [commitWrite(eventLog, commit), ...deliveries.open(stream)]);
      if (!isWritten) return 'conflict';
      tellCommitted(commit);
      return commit;
    },
  });
}
