import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { TaskEvent } from '../functions/contracts/events/task-events.ts';
import { batchWrite, MAX_BATCH_WRITES } from '../functions/shared/platform/batch-write.ts';
import { commitWrite } from '../functions/shared/platform/log/dynamo-event-log.ts';
import type { Commit, Stream } from '../functions/shared/platform/log/event-log.ts';
import { commitBehind } from '../functions/shared/platform/log/event-log.ts';
import { sideBySide } from '../functions/shared/platform/side-by-side.ts';

/** What happens to each task, each in a commit of its own. */
const STORY: readonly TaskEvent[] = [
  {
    type: 'TaskCreated',
    data: {
      type: 'code_generation',
      description: 'Generate a simple REST API',
      requirements: [{ type: 'language', value: 'typescript' }],
      priority: 5,
      metadata: {},
    },
  },
  { type: 'TaskAssigned', data: { agent: 'scaffold' } },
  { type: 'TaskReleased', data: { agent: 'scaffold', error: { code: 'AGENT_LOST', message: 'It was lost.' } } },
  { type: 'TaskCancelled', data: { reason: 'Nobody needs it any more.' } },
];

export const EVENTS_A_TASK = STORY.length;

/** The commits of so many tasks, one task after the other, a millisecond between them. */
export function taskCommits(tasks: number): Commit[] {
  return Array.from({ length: tasks }, (_, task) => commitsOf(task)).flat();
}

function commitsOf(task: number): readonly Commit[] {
  const aggregateId = `task_${String(task).padStart(26, '0')}`;
  const stream: Stream & { commits: Commit[] } = { aggregateId, version: 0, commits: [] };
  for (const [index, event] of STORY.entries()) {
    const committedAt = new Date(Date.UTC(2026, 0, 1) + task * EVENTS_A_TASK + index).toISOString();
    const id = `${aggregateId}-${index}`;
    const metadata = { correlationId: `bench-${task}`, traceId: id };
    const behind = { ...stream, version: index };
    stream.commits.push(commitBehind(behind, { commitId: id, committedAt, events: [event], metadata }));
  }
  return stream.commits;
}

const AT_ONCE = 4;

/** Puts commits where the log keeps them. Nobody else writes there, so no version needs a guard. */
export async function storeCommits(
  client: DynamoDBDocumentClient,
  table: string,
  commits: readonly Commit[],
): Promise<void> {
  const items = commits.map((commit) => ({ PutRequest: { Item: commitWrite(table, commit).Put.Item } }));
  const batches = Array.from({ length: Math.ceil(items.length / MAX_BATCH_WRITES) }, (_, at) =>
    items.slice(at * MAX_BATCH_WRITES, (at + 1) * MAX_BATCH_WRITES),
  );
  await sideBySide(batches, AT_ONCE, (batch) => batchWrite(client, table, batch));
}
