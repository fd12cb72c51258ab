import * as z from 'zod';
import { CORRELATION_ID } from '../correlation-id.ts';
import { route } from './route.ts';
import { CancelTaskBody, CreateTaskBody, TaskId } from './task.ts';

const CommandMetadata = z.strictObject({
  expectedVersion: z.int().min(0).exactOptional().meta({
    description: 'The command is refused unless the aggregate stands at just this version; 0 before it is there.',
  }),
  userId: z
    .string()
    .regex(/^[^\p{C}\p{Z}]{1,128}$/u, 'must be 1 to 128 visible characters')
    .exactOptional()
    .meta({ description: 'For whom it is done, as events tell it; without one, the id of the key.' }),
  correlationId: z
    .string()
    .regex(CORRELATION_ID, 'must be 1 to 128 letters, digits, ".", "_" or "-"')
    .exactOptional()
    .meta({ description: 'Goes before `x-correlation-id`.' }),
});

/** What all commands have besides their type and payload. */
const fields = {
  id: z
    .string()
    .regex(/^[!-~]{1,255}$/, 'must be 1 to 255 visible ASCII characters')
    .meta({
      description:
        'The same id again gives the first answer, for 24 hours; with another type, aggregate or payload it is refused (422). A command that was refused is not executed, and may come again.',
    }),
  metadata: CommandMetadata.default({}),
};

/** The commands that callers may give. What else an aggregate takes is between the parts of the product, and unknown here. */
const PublicCommand = z.discriminatedUnion(
  'type',
  [
    z.strictObject({
      ...fields,
      type: z.literal('CreateTask'),
      aggregateId: TaskId.meta({
        description: 'The id that the task shall have: `task_` and a ULID.',
        examples: ['task_01J00000000000000000000000'],
      }),
      payload: CreateTaskBody,
    }),
    z.strictObject({ ...fields, type: z.literal('CancelTask'), aggregateId: TaskId, payload: CancelTaskBody }),
  ],
  { error: ({ code }) => (code === 'invalid_union' ? 'must be CreateTask or CancelTask' : undefined) },
);

const CommandResult = z
  .object({
    success: z.literal(true),
    aggregateId: z.string(),
    version: z.int().meta({ description: 'Of the aggregate, as it stood after the command.' }),
    events: z
      .array(z.string())
      .meta({ description: 'The names of the events that it caused.', examples: [['TaskCreated']] }),
  })
  .meta({ id: 'CommandResult' });

export const commandRoutes = {
  sendCommand: route({
    id: 'sendCommand',
    method: 'POST',
    path: '/api/v1/commands',
    summary: 'Have a command carried out, once',
    scope: 'write',
    idempotent: true,
    body: PublicCommand,
    answer: { status: 200, data: CommandResult },
    errors: ['NOT_FOUND', 'CONFLICT', 'SERVICE_UNAVAILABLE'],
  }),
};
