import type { Task } from '../../../functions/contracts/api/task.ts';
import type { TaskCommand } from '../../../functions/contracts/commands.ts';
import { taskReadModel } from '../../../functions/contracts/views/task.model.ts';
import type { Fault } from '../../../functions/shared/kernel/errors.ts';
import { AppError } from '../../../functions/shared/kernel/errors.ts';
import { httpPipeline } from '../../../functions/shared/platform/http/http-pipeline.ts';
import { commandHandler } from '../../../functions/shared/platform/log/command-handler.ts';
import { sagaLog } from '../../../functions/shared/platform/sagas/saga-log.ts';
import type { TaskLogLine } from '../../../functions/shared/platform/task-log.ts';
import { commandEndpoints } from '../../../functions/tasks/adapters/command-endpoints.ts';
import { taskAggregate } from '../../../functions/tasks/adapters/task-aggregate.ts';
import { taskCallbacks } from '../../../functions/tasks/adapters/task-callbacks.ts';
import { taskEndpoints } from '../../../functions/tasks/adapters/task-endpoints.ts';
import { taskCanceller } from '../../../functions/tasks/adapters/task-saga.ts';
import { memoryEventLog } from '../log/memory-event-log.ts';
import { memoryReadModels } from '../read-models/memory-read-models.ts';
import { tripSaga } from '../sagas/saga-samples.ts';
import { memoryCommandReceipts } from '../tasks/memory-command-receipts.ts';
import { memoryTaskFiles } from '../tasks/memory-task-files.ts';
import { memoryToldLog } from '../tasks/memory-told-log.ts';
import { taskCommand } from '../tasks/task-samples.ts';
import { memoryDeliveryStore } from '../webhooks/memory-delivery-store.ts';
import type { ApiCall } from './api-calls.ts';
import { apiCaller } from './api-calls.ts';

export const TASKS = '/api/v1/tasks';
export const TASK_BODY = { type: 'code_generation', description: 'Generate a simple REST API' };

/** What outlives a process of the tasks API. */
export function taskStores() {
  return { log: memoryEventLog(), receipts: memoryCommandReceipts(), deliveries: memoryDeliveryStore() };
}

/** The tasks API on stores in memory. Nothing is kept under an `Idempotency-Key`: a call under one is run anew each time. */
export function taskApi({ log, receipts, deliveries } = taskStores()) {
  const lines = new Map<string, TaskLogLine[]>();
  /** Services that are unavailable. */
  const refused = new Set<string>();
  /** What is wrong with addresses, by the address. */
  const wrong = new Map<string, string>();
  const ports = {
    log,
    tasks: memoryReadModels(taskReadModel),
    files: memoryTaskFiles(),
    lines: {
      page: async (taskId: string, { limit, cursor = '0' }: { limit: number; cursor?: string | undefined }) => {
        const next = Number(cursor) + limit;
        const all = lines.get(taskId) ?? [];
        return { items: all.slice(Number(cursor), next), nextCursor: next < all.length ? String(next) : null };
      },
    },
    cancel: taskCanceller(sagaLog(log), tripSaga),
    breaker: {
      async assertAvailable(service: string) {
        if (refused.has(service)) throw new AppError('SERVICE_UNAVAILABLE', `${service} is unavailable.`);
      },
    },
    callbacks: taskCallbacks(deliveries, async (writes) => deliveries.commit(writes)),
    toldLog: memoryToldLog(log, deliveries),
    receipts,
    async addressFaults(address: string, path: string): Promise<Fault[]> {
      const message = wrong.get(address);
      return message === undefined ? [] : [{ path, message }];
    },
  };
  const endpoints = [...taskEndpoints(ports), ...commandEndpoints(ports)];
  const call = apiCaller(httpPipeline(endpoints, { idempotency: (_call, _context, run) => run() }));
  const create = (more: Partial<ApiCall> = {}) => call({ method: 'POST', path: TASKS, body: TASK_BODY, ...more });
  return {
    ...ports,
    refused,
    wrong,
    deliveries,
    logLines: lines,
    call,
    create,
    created: async () => (await create()).json.data as Task,
    /** Has the sample task, or the one that is named, go through these commands. */
    async commands(...commands: (TaskCommand | TaskCommand['type'])[]): Promise<void> {
      const handle = commandHandler(taskAggregate, log);
      for (const command of commands) await handle(typeof command === 'string' ? taskCommand(command) : command);
    },
  };
}
