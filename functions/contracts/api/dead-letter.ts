import * as z from 'zod';
import { DEAD_LETTER_ID, LETTER_STATUSES } from '../dead-letters.ts';
import { listQuery, pageOf } from './list.ts';
import { route } from './route.ts';

const DeadLetterId = z.string().regex(DEAD_LETTER_ID, 'must be the id of a dead letter');
const Fingerprint = z
  .string()
  .regex(/^[0-9a-f]{16}$/, 'must be the fingerprint of a dead letter')
  .meta({ description: 'The same for failures of one cause.' });

const DeadLetterView = z.object({
  deadLetterId: z.string(),
  queue: z.string().meta({ description: 'The subscription or service that could not handle it.' }),
  fingerprint: z.string(),
  subscriptionId: z.string(),
  eventType: z.string(),
  message: z.string().meta({ description: 'As it came.' }),
  error: z.string(),
  timestamp: z.string(),
  retryCount: z.int(),
  status: z.enum(LETTER_STATUSES),
  redriveOf: z.string().optional().meta({ description: 'The letter whose redrive led to this one.' }),
  closedAt: z
    .string()
    .optional()
    .meta({ description: 'When it was sent again or deleted. It is kept for 90 days more.' }),
  closedBy: z.string().optional().meta({ description: 'The id of the key that did it.' }),
});
/** A dead letter as its own row shows it: whole. */
const DeadLetter = DeadLetterView.meta({ id: 'DeadLetter' });
export type DeadLetter = z.infer<typeof DeadLetter>;

const ListedDeadLetter = DeadLetterView.extend({
  truncated: z
    .literal(true)
    .optional()
    .meta({ description: '`message` is only its beginning; the letter itself has all of it.' }),
  messageBytes: z.int().optional().meta({ description: 'How long the whole message is, where it is cut.' }),
}).meta({ id: 'ListedDeadLetter' });
export type ListedDeadLetter = z.infer<typeof ListedDeadLetter>;

/** Open letters of one cause and queue. */
const DeadLetterGroup = z
  .object({
    fingerprint: z.string(),
    queue: z.string(),
    count: z.int(),
    firstSeen: z.string(),
    lastSeen: z.string(),
  })
  .meta({ id: 'DeadLetterGroup' });
export type DeadLetterGroup = z.infer<typeof DeadLetterGroup>;

const RedriveBody = z
  .strictObject({
    deadLetterIds: z.array(DeadLetterId).min(1).max(100).optional(),
    fingerprint: Fingerprint.optional(),
    edit: z
      .record(z.string(), z.unknown())
      .optional()
      .meta({ description: 'A JSON merge patch (RFC 7396) of the message. Needs exactly one id.' }),
    dryRun: z.boolean().default(false).meta({ description: 'Sends nothing and tells what would be sent.' }),
  })
  .superRefine(({ deadLetterIds, fingerprint, edit }, context) => {
    const fault = (path: PropertyKey[], message: string) => context.addIssue({ code: 'custom', path, message });
    if (deadLetterIds === undefined && fingerprint === undefined)
      fault(['deadLetterIds'], 'is required where there is no fingerprint');
    if (deadLetterIds !== undefined && fingerprint !== undefined)
      fault(['fingerprint'], 'must not stand beside deadLetterIds');
    for (const [at, id] of (deadLetterIds ?? []).entries())
      if (deadLetterIds?.indexOf(id) !== at) fault(['deadLetterIds', at], 'is given more than once');
    if (edit !== undefined && deadLetterIds?.length !== 1) fault(['edit'], 'needs exactly one id in deadLetterIds');
  })
  .meta({ id: 'RedriveDeadLetters', examples: [{ fingerprint: '0123456789abcdef', dryRun: true }] });
export type RedriveBody = z.infer<typeof RedriveBody>;

const RedriveOutcome = z.object({
  deadLetterId: z.string(),
  outcome: z.enum(['skipped', 'failed']),
  code: z.string(),
  reason: z.string(),
});
export type RedriveOutcome = z.infer<typeof RedriveOutcome>;

const RedriveAnswer = z
  .object({
    matched: z.int().meta({ description: 'The ids, or the open letters of the fingerprint.' }),
    redriven: z.int(),
    skipped: z.int().meta({ description: 'Those that somebody else has dealt with, or is sending.' }),
    failed: z.int().meta({ description: 'Those that could not be sent. They stay open.' }),
    outcomes: z.array(RedriveOutcome).meta({ description: 'Why letters were skipped or failed; 100 at most.' }),
    more: z.literal(true).optional().meta({ description: 'There are more than one call sends: call again.' }),
  })
  .meta({ id: 'RedriveAnswer' });
export type RedriveAnswer = z.infer<typeof RedriveAnswer>;

const params = z.strictObject({ deadLetterId: DeadLetterId });

export const deadLetterRoutes = {
  listDeadLetters: route({
    id: 'listDeadLetters',
    method: 'GET',
    path: '/api/v1/dead-letters',
    summary: 'List dead letters, newest first',
    scope: 'admin',
    query: z.strictObject({
      ...listQuery,
      queue: z.string().min(1).max(256).optional(),
      fingerprint: Fingerprint.optional(),
      status: z.enum(LETTER_STATUSES).optional(),
    }),
    answer: { status: 200, data: pageOf(ListedDeadLetter) },
    errors: [],
  }),
  groupDeadLetters: route({
    id: 'groupDeadLetters',
    method: 'GET',
    path: '/api/v1/dead-letters/groups',
    summary: 'Count the open dead letters of each cause, most first',
    scope: 'admin',
    answer: {
      status: 200,
      data: z.object({
        items: z.array(DeadLetterGroup),
        complete: z
          .boolean()
          .meta({ description: '`false`: more than 20,000 are open, and only the newest are counted.' }),
      }),
    },
    errors: [],
  }),
  redriveDeadLetters: route({
    id: 'redriveDeadLetters',
    method: 'POST',
    path: '/api/v1/dead-letters/redrive',
    summary: 'Send dead letters again, by their ids or all of one cause; at most 1,000 a call, oldest first',
    scope: 'admin',
    body: RedriveBody,
    answer: { status: 200, data: RedriveAnswer },
    errors: ['NOT_FOUND'],
  }),
  getDeadLetter: route({
    id: 'getDeadLetter',
    method: 'GET',
    path: '/api/v1/dead-letters/{deadLetterId}',
    summary: 'Read a dead letter with its whole message',
    scope: 'admin',
    params,
    answer: { status: 200, data: DeadLetter },
    errors: ['NOT_FOUND'],
  }),
  deleteDeadLetter: route({
    id: 'deleteDeadLetter',
    method: 'DELETE',
    path: '/api/v1/dead-letters/{deadLetterId}',
    summary: 'Close a dead letter about which nothing is left to do',
    scope: 'admin',
    params,
    answer: { status: 204 },
    errors: ['NOT_FOUND', 'CONFLICT'],
  }),
};
