import type { CreateTask } from '../../contracts/commands.ts';
import type { TaskEvent } from '../../contracts/events/task-events.ts';
import type { Fault } from '../../shared/kernel/errors.ts';
import { invalid } from '../../shared/kernel/errors.ts';
import type { CircuitBreaker } from '../../shared/platform/breaker/circuit-breaker.ts';
import type { Handled } from '../../shared/platform/log/command-handler.ts';
import { commandHandler } from '../../shared/platform/log/command-handler.ts';
import type { EventLog } from '../../shared/platform/log/event-log.ts';
import type { WebhookStream } from '../../shared/platform/webhooks/deliveries.ts';
import { taskAggregate } from './task-aggregate.ts';
import type { ToldLog } from './told-log.ts';

/** What creating a task takes, whichever row asks for it. */
export interface CreatePorts {
  log: EventLog;
  toldLog: ToldLog;
  /** Without agents a task would only wait, so none is taken. */
  breaker: Pick<CircuitBreaker, 'assertAvailable'>;
  addressFaults(address: string, path: string): Promise<Fault[]>;
}

/** Where the changes of a task are told, and whose secret signs. */
export type Callback = Pick<WebhookStream, 'url' | 'owner'>;

/**
 * Throws where no task can be taken now, or its callback address may not be called.
 *
 * @param path of the address in the request
 */
export async function assertAdmissible(
  { breaker, addressFaults }: CreatePorts,
  { url, path = 'callbackUrl' }: { url?: string | undefined; path?: string } = {},
): Promise<void> {
  await breaker.assertAvailable('agent-service');
  const faults = url === undefined ? [] : await addressFaults(url, path);
  if (faults.length > 0) throw invalid(faults);
}

/** Handles the command that creates a task. From its first event on, its callback address is told of every change. */
export function createTask(
  { log, toldLog }: CreatePorts,
  command: CreateTask & { metadata: { correlationId: string } },
  callback?: Callback,
): Promise<Handled<TaskEvent>> {
  const { aggregateId: stream, metadata } = command;
  const to = callback && toldLog({ ...callback, stream, correlationId: metadata.correlationId });
  return commandHandler(taskAggregate, to ?? log)(command);
}
