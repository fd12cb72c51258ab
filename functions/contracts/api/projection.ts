import * as z from 'zod';
import { listQuery, pageOf } from './list.ts';
import { route } from './route.ts';

const RebuiltRows = z.object({
  written: z.int(),
  changed: z.int().meta({ description: 'Of the same version as the rows that are read, with other content.' }),
  added: z.int().meta({ description: 'That were missing.' }),
  older: z.int().meta({ description: 'That know less than the rows that are read; one of them stops the switch.' }),
});

const Projection = z
  .object({
    name: z.string(),
    status: z.enum(['running', 'paused', 'rebuilding']),
    pausedBecause: z.enum(['operator', 'errors']).optional(),
    checkpoint: z.object({
      position: z.string().nullable().meta({ description: 'The furthest that was applied; null before the first.' }),
      updatedAt: z.string().nullable(),
    }),
    lag: z.int().meta({
      description:
        'Milliseconds since the first event that is not applied yet; 0 where all that are older than 5 s are.',
    }),
    failedEvents: z.int(),
    recentErrors: z
      .int()
      .meta({ description: 'Events that failed within the last 5 minutes; over 10 pause the projection.' }),
    rebuild: z
      .object({
        progress: z.int().meta({ description: 'In percent of the log.' }),
        startedAt: z.string(),
        generation: z.int(),
        rows: RebuiltRows,
      })
      .optional(),
    lastRebuild: z
      .object({
        startedAt: z.string(),
        endedAt: z.string(),
        generation: z.int(),
        outcome: z.enum(['switched', 'failed']),
        error: z.string().optional(),
        rows: RebuiltRows,
      })
      .optional(),
  })
  .meta({ id: 'Projection' });
export type ProjectionView = z.infer<typeof Projection>;

const FailedProjectionEvent = z
  .object({
    eventId: z.string(),
    eventType: z.string(),
    aggregateId: z.string(),
    error: z.string(),
    firstFailedAt: z.string(),
    lastFailedAt: z.string(),
    retryCount: z.int().meta({ description: 'Tries after the first.' }),
  })
  .meta({ id: 'FailedProjectionEvent' });
export type FailedProjectionEvent = z.infer<typeof FailedProjectionEvent>;

const params = z.strictObject({ name: z.string().min(1).max(128) });
const ofOne = { scope: 'admin', params } as const;

export const projectionRoutes = {
  listProjections: route({
    id: 'listProjections',
    method: 'GET',
    path: '/api/v1/projections',
    summary: 'How every projection stands',
    scope: 'read',
    answer: { status: 200, data: z.object({ items: z.array(Projection) }) },
    errors: [],
  }),
  rebuildProjection: route({
    id: 'rebuildProjection',
    method: 'POST',
    path: '/api/v1/projections/{name}/rebuild',
    summary: 'Fill the read model anew from the log, beside the one that is read, and switch to it',
    ...ofOne,
    answer: { status: 202, data: Projection },
    errors: ['NOT_FOUND', 'CONFLICT'],
  }),
  pauseProjection: route({
    id: 'pauseProjection',
    method: 'POST',
    path: '/api/v1/projections/{name}/pause',
    summary: 'Apply no more events; what arrives is applied on resume',
    ...ofOne,
    answer: { status: 202, data: Projection },
    errors: ['NOT_FOUND'],
  }),
  resumeProjection: route({
    id: 'resumeProjection',
    method: 'POST',
    path: '/api/v1/projections/{name}/resume',
    summary: 'Go on, and apply what came in the pause',
    ...ofOne,
    answer: { status: 202, data: Projection },
    errors: ['NOT_FOUND'],
  }),
  listFailedEvents: route({
    id: 'listFailedEvents',
    method: 'GET',
    path: '/api/v1/projections/{name}/failed-events',
    summary: 'What could not be applied, by event id',
    scope: 'read',
    params,
    query: z.strictObject(listQuery),
    answer: { status: 200, data: pageOf(FailedProjectionEvent) },
    errors: ['NOT_FOUND'],
  }),
  retryFailedEvents: route({
    id: 'retryFailedEvents',
    method: 'POST',
    path: '/api/v1/projections/{name}/failed-events/retry',
    summary: 'Have what could not be applied tried again, at most 1,000 events a call',
    ...ofOne,
    answer: {
      status: 202,
      data: z.object({
        retried: z.int().meta({ description: 'Events that are tried again in a moment.' }),
        more: z.literal(true).optional().meta({ description: 'There are more than one call takes: call again.' }),
      }),
    },
    errors: ['NOT_FOUND'],
  }),
};
