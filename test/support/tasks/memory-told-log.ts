import type { EventLog } from '../../../functions/shared/platform/log/event-log.ts';
import type { ToldLog } from '../../../functions/tasks/adapters/told-log.ts';
import type { MemoryDeliveryStore } from '../webhooks/memory-delivery-store.ts';

/** A log that begins a task and its stream together, on stores in memory: whatever becomes of the commit becomes of the stream. */
export function memoryToldLog(log: EventLog, deliveries: MemoryDeliveryStore): ToldLog {
  return (stream) => ({
    load: log.load,
    async append(before, commit) {
      if (!deliveries.commit(deliveries.open(stream))) return 'conflict';
      try {
        return await log.append(before, commit);
      } finally {
        const { commits } = await log.load(before.aggregateId);
        const isThere = commits.some(({ commitId }) => commitId === commit.commitId);
        if (!isThere) deliveries.streams.delete(stream.stream);
      }
    },
  });
}
