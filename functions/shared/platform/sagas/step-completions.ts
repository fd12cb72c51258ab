import { FAILED_STEP } from '../../../contracts/sagas/compile-saga.ts';
import { isRefusal } from '../../kernel/errors.ts';
import type { SagaLog } from './saga-log.ts';
import type { BegunStep, StepCompletions } from './saga-service.ts';
import type { StartedSaga } from './saga-state.ts';
import { isOpen } from './saga-state.ts';
import type { StepKey, StepTokens } from './step-tokens.ts';
import type { TokenAnswers } from './token-answers.ts';

export interface StepPorts {
  sagas: SagaLog;
  tokens: StepTokens;
  answers: TokenAnswers;
}

/** Ends steps from outside of their own function: the log first, then the token, so that a crash between loses nothing. */
export function stepCompletions(ports: StepPorts): StepCompletions {
  return {
    complete: (step, result) => end(ports, step, () => completeStep(ports.sagas, step, result)),
    fail: (step, error) => end(ports, step, () => failStep(ports.sagas, step, error)),
  };
}

export function completeStep(sagas: SagaLog, { sagaId, ...step }: BegunStep, result: Record<string, unknown>) {
  return sagas.record(sagaId, 'CompleteStep', { ...step, result });
}

export function failStep(sagas: SagaLog, { sagaId, ...step }: BegunStep, error: { code: string; message: string }) {
  return sagas.record(sagaId, 'FailStep', { ...step, error });
}

async function end(ports: StepPorts, step: BegunStep, record: () => Promise<StartedSaga>): Promise<void> {
  const saga = await record().catch(refusedToUndefined);
  await wakeMachine(ports, step, saga);
}

/** Moves a machine that waits for this step the way that the log says, however often it is called. */
export async function wakeMachine(ports: StepPorts, step: BegunStep, known?: StartedSaga): Promise<void> {
  const saga = known ?? (await ports.sagas.find(step.sagaId));
  // Not begun when the outcome was brought, it looks for itself: also where it has begun since.
  if (!saga?.steps.has(step.stepId) || isOpen(saga, step)) return;
  if ((step.run ?? saga.run) !== saga.run) return;
  const key = { ...step, run: saga.run };
  const stored = await ports.tokens.get(key);
  if (stored !== undefined) await answerToken(ports, saga, key, stored.token);
}

/**
 * The step has an outcome already, or was given up. A machine that tried the step twice may still wait under the later token, so the
 * token is answered by what the log says.
 */
function refusedToUndefined(error: unknown): undefined {
  if (isRefusal(error)) return undefined;
  throw error;
}

/** Moves the machine the way that the log says: on where the step is done and nobody wants the saga to end, back otherwise. */
export async function answerToken({ answers }: StepPorts, saga: StartedSaga, { stepId }: StepKey, token: string) {
  const step = saga.steps.get(stepId);
  const goesOn = step?.status === 'completed' && saga.cancelReason === null;
  return goesOn ? answers.succeed(token) : answers.fail(token, FAILED_STEP);
}
