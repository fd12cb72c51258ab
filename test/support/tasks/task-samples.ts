import * as fc from 'fast-check';
import type { TaskCommand } from '../../../functions/contracts/commands.ts';
import type { TaskEvent } from '../../../functions/contracts/events/task-events.ts';

export const TASK_ID = 'task_01J00000000000000000000000';

type Payload<Type extends TaskCommand['type']> = Extract<TaskCommand, { type: Type }>['payload'];

export const samplePayload: { [Type in TaskCommand['type']]: Payload<Type> } = {
  CreateTask: {
    type: 'code_generation',
    description: 'Generate a simple REST API',
    requirements: [{ type: 'language', value: 'typescript' }],
    priority: 5,
    metadata: { team: 'a', nested: [{ deep: true }] },
  },
  AssignTask: { agent: 'scaffold' },
  ReleaseTask: { agent: 'scaffold', error: { code: 'AGENT_LOST', message: 'It was not heard of any more.' } },
  CompleteTask: {
    result: {
      files: [{ path: 'src/index.ts', size: 3, sha256: 'a'.repeat(64), contentType: 'text/plain' }],
      summary: 'One file.',
    },
  },
  FailTask: { error: { code: 'NO_AGENT', message: 'No agent takes it.' } },
  CancelTask: { reason: 'It is not needed.' },
};

const commandIds = { next: 0 };

/** A command with an id of its own. */
export function taskCommand<Type extends TaskCommand['type']>(
  type: Type,
  overrides: { id?: string; aggregateId?: string; metadata?: Partial<TaskCommand['metadata']> } = {},
): Extract<TaskCommand, { type: Type }> {
  commandIds.next += 1;
  const { id = `cmd_${commandIds.next}`, aggregateId = TASK_ID, metadata } = overrides;
  const now = '2026-08-19T10:11:12.345Z';
  return {
    id,
    type,
    aggregateId,
    payload: samplePayload[type],
    metadata: { correlationId: 'corr_1', now, ...metadata },
  } as Extract<TaskCommand, { type: Type }>;
}

/** The events that the sample commands lead to. */
export const sampleEvent = {
  TaskCreated: { type: 'TaskCreated', data: samplePayload.CreateTask },
  TaskAssigned: { type: 'TaskAssigned', data: samplePayload.AssignTask },
  TaskReleased: { type: 'TaskReleased', data: samplePayload.ReleaseTask },
  TaskCompleted: { type: 'TaskCompleted', data: samplePayload.CompleteTask },
  TaskFailed: { type: 'TaskFailed', data: samplePayload.FailTask },
  TaskCancelled: { type: 'TaskCancelled', data: samplePayload.CancelTask },
} satisfies { [Type in TaskEvent['type']]: Extract<TaskEvent, { type: Type }> };

const words = fc.string({ minLength: 1, maxLength: 60 });
const hex = fc.stringMatching(/^[0-9a-f]{64}$/);
const path = fc.array(fc.stringMatching(/^[a-z][a-z0-9.]{0,8}$/), { minLength: 1, maxLength: 4 });

const anyError = fc.record({ code: words, message: fc.string() });
/** Few, so that a release often meets the agent that has the task. */
const anyAgent = fc.constantFrom('scaffold', 'Ж');

const anyPayload: { [Type in TaskCommand['type']]: fc.Arbitrary<Payload<Type>> } = {
  CreateTask: fc.record(
    {
      type: fc.stringMatching(/^[A-Za-z0-9_.-]{1,64}$/),
      description: words,
      requirements: fc.array(fc.record({ type: words, value: words }), { maxLength: 3 }),
      priority: fc.integer({ min: 0, max: 9 }),
      metadata: fc.dictionary(words, fc.jsonValue({ maxDepth: 3 }), { maxKeys: 3 }) as fc.Arbitrary<
        Payload<'CreateTask'>['metadata']
      >,
      retryOf: fc.constant('task_01J00000000000000000000001'),
    },
    { requiredKeys: ['type', 'description', 'requirements', 'priority', 'metadata'] },
  ),
  AssignTask: fc.record({ agent: anyAgent }),
  ReleaseTask: fc.record({ agent: anyAgent, error: anyError }),
  CompleteTask: fc.record({
    result: fc.record({
      files: fc.array(
        fc.record({ path: path.map((parts) => parts.join('/')), size: fc.nat(), sha256: hex, contentType: words }),
        { maxLength: 3 },
      ),
      summary: fc.string(),
    }),
  }),
  FailTask: fc.record({ error: anyError }),
  CancelTask: fc.record({ reason: words }),
};

/** A task ends soon enough by itself: what keeps it going comes more often. */
const WEIGHTS: Partial<Record<string, number>> = { CreateTask: 3, AssignTask: 4, ReleaseTask: 4 };

/** Any command that the API or the follower could send, all to one task. */
export const anyTaskCommand: fc.Arbitrary<TaskCommand> = fc.oneof(
  ...Object.entries(anyPayload).map(([type, payload]) => ({
    weight: WEIGHTS[type] ?? 1,
    arbitrary: (payload as fc.Arbitrary<unknown>).map(
      (made) => ({ ...taskCommand(type as TaskCommand['type']), payload: made }) as TaskCommand,
    ),
  })),
);

/** A creation and whatever may follow it: longer and wilder than any decider allows, and still foldable. */
export const anyTaskHistory: fc.Arbitrary<TaskEvent[]> = fc
  .tuple(
    anyPayload.CreateTask,
    fc.array(
      fc.oneof(
        anyPayload.AssignTask.map((data) => ({ type: 'TaskAssigned' as const, data })),
        anyPayload.ReleaseTask.map((data) => ({ type: 'TaskReleased' as const, data })),
        anyPayload.CompleteTask.map((data) => ({ type: 'TaskCompleted' as const, data })),
        anyPayload.FailTask.map((data) => ({ type: 'TaskFailed' as const, data })),
        anyPayload.CancelTask.map((data) => ({ type: 'TaskCancelled' as const, data })),
      ),
      { maxLength: 7 },
    ),
  )
  .map(([data, more]): TaskEvent[] => [{ type: 'TaskCreated', data }, ...more]);
