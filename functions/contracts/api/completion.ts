import * as z from 'zod';
import { route } from './route.ts';

/** How a step ended that its service was to answer later. */
const StepCompletion = z
  .strictObject({
    status: z.enum(['completed', 'failed']),
    result: z.record(z.string(), z.json()).optional(),
    error: z.strictObject({ code: z.string().min(1).max(128), message: z.string().max(2000) }).optional(),
  })
  .refine(({ status, error }) => (status === 'failed') === (error !== undefined), {
    path: ['error'],
    message: 'must be there where it failed, and only there',
  })
  .refine(({ status, result }) => status === 'completed' || result === undefined, {
    path: ['result'],
    message: 'has no place where it failed',
  })
  .meta({
    id: 'StepCompletion',
    examples: [{ status: 'completed', result: { seat: '12A' } }],
  });

export const completionRoutes = {
  completeStep: route({
    id: 'completeStep',
    method: 'POST',
    path: '/api/v1/completions/{token}',
    summary:
      "Bring the result of a saga's step that was answered with 202; the address came with the call and is the key",
    scope: null,
    params: z.strictObject({ token: z.string().min(1) }),
    body: StepCompletion,
    answer: { status: 204 },
    errors: ['NOT_FOUND', 'CONFLICT', 'GONE'],
  }),
};
