import { randomUUID } from 'node:crypto';
import { completionRoutes } from '../../contracts/api/completion.ts';
import { AppError, isAppError, isRefusal } from '../../shared/kernel/errors.ts';
import { NO_CONTENT } from '../../shared/platform/http/answer.ts';
import { endpoint } from '../../shared/platform/http/http-pipeline.ts';
import type { HttpRequest } from '../../shared/platform/http/http-request.ts';
import type { StepPorts } from '../../shared/platform/sagas/step-completions.ts';
import { wakeMachine } from '../../shared/platform/sagas/step-completions.ts';
import type { StepKey } from '../../shared/platform/sagas/step-tokens.ts';
import { stepOfToken } from './completion-token.ts';

export interface CompletionPorts extends StepPorts {
  /** What the tokens are derived from. */
  master(): Promise<string>;
}

type Request = HttpRequest<typeof completionRoutes.completeStep>;

/** Where services bring the results of steps that they answered with 202. The token in the address is all that a caller needs. */
export function completionEndpoints(ports: CompletionPorts) {
  return [endpoint(completionRoutes.completeStep, (request) => complete(ports, request))];
}

async function complete(ports: CompletionPorts, request: Request) {
  const step = stepOfToken(await ports.master(), request.params.token);
  if (step === undefined) throw new AppError('NOT_FOUND', 'There is nothing to complete here.');
  try {
    await record(ports, step, request);
  } catch (error) {
    // Its first bringer may have died between the log and the machine, which would wait for its own limit then.
    if (isRefusal(error)) await wakeMachine(ports, step);
    // "Used" would be a lie to a service that may come again.
    throw isAppError(error) && error.retryable ? new Error(error.message) : error;
  }
  await wakeMachine(ports, step);
  return NO_CONTENT;
}

async function record({ sagas }: CompletionPorts, { sagaId, stepId, run }: StepKey, { body, now }: Request) {
  const outcome = body.error === undefined ? { result: body.result ?? {} } : { error: body.error };
  const metadata = { now };
  await sagas.handle({
    ...{ id: randomUUID(), type: 'AnswerStep', aggregateId: sagaId, metadata },
    payload: { stepId, run, outcome },
  });
}
