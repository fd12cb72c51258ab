import { taskReadModel } from '../../../functions/contracts/views/task.model.ts';
import { tasksProjection } from '../../../functions/projections/domain/tasks/tasks.projection.ts';
import type { Commit } from '../../../functions/shared/platform/log/event-log.ts';
import { storedEvents } from '../../../functions/shared/platform/log/stored-event.ts';
import { projector } from '../../../functions/shared/platform/read-models/projection.ts';
import type { ReadModelStore } from '../../../functions/shared/platform/read-models/read-models.ts';
import { memoryReadModels } from '../read-models/memory-read-models.ts';
import type { Maos } from './maos.ts';
import { executionOf } from './played-tasks.ts';

/** All rows as one text. */
export async function rowsOf(rows: ReadModelStore<object>, ids: readonly string[]): Promise<string> {
  return JSON.stringify(await Promise.all(ids.map(async (id) => (await rows.get(id)) ?? null)));
}

/** The rows that the log leads to when each of its events, up to a version, comes once and in order. */
export async function replayedRows({ commits, log }: Maos, ids: readonly string[], upTo = Number.POSITIVE_INFINITY) {
  const rows = memoryReadModels(taskReadModel);
  const { apply } = projector(tasksProjection, rows, log);
  const events = commits.filter(({ aggregateId }) => ids.includes(aggregateId)).flatMap(storedEvents);
  for (const event of events.filter(({ data }) => data.version <= upTo)) await apply(event);
  return rowsOf(rows, ids);
}

/** What happened to a task, each commit as a text, without its times. */
export async function historyOf({ log }: Maos, taskId: string): Promise<string[]> {
  return (await log.load(taskId)).commits.map((commit) => timeless(JSON.stringify(essence(commit))));
}

/** What a task's callback address is to be told, in the order in which it was given. */
function toldOf({ deliveries }: Maos, taskId: string): string[] {
  const given = deliveries.streams.get(taskId)?.deliveries.values() ?? [];
  return Array.from(given, ({ seq, body }) => timeless(`${taskId} ${seq} ${body}`));
}

/** Everything that may not depend on how events were delivered: rows, histories, callbacks and starts, without their times. */
export async function stateOf(maos: Maos, ids: readonly string[]): Promise<string> {
  const { rows, executions } = maos;
  const histories = await Promise.all(ids.map((id) => historyOf(maos, id)));
  const starts = ids.map((id) => `${executionOf(id)} ${executions.started.get(executionOf(id))}`);
  const told = ids.flatMap((id) => toldOf(maos, id));
  return [timeless(await rowsOf(rows, ids)), ...histories.flat(), ...told, ...starts].join('\n');
}

const timeless = (text: string): string => text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '#');

function essence({ commitId, events, metadata: { traceId: _, ...cause } }: Commit) {
  return { commitId, events, cause };
}
