import type { SagaEvent } from '../../../contracts/events/saga-events.v1.ts';
import { DEFERRED } from '../../../contracts/sagas/compile-saga.ts';
import type { Failure } from '../../../contracts/task-fields.ts';
import type { Decider, Decision } from '../../kernel/decider.ts';
import { accept, refuse } from '../../kernel/decider.ts';
import { assertNever } from '../../kernel/errors.ts';
import type { SagaCommand } from './saga-commands.ts';
import { resume } from './saga-resume.ts';
import type { SagaOutcome, SagaState, StartedSaga } from './saga-state.ts';
import { evolveSaga, isOver, isToUndo } from './saga-state.ts';
import { answerStep, completeStep, failStep, startStep } from './saga-step-decisions.ts';

type Follows = Exclude<SagaCommand, { type: 'StartSaga' }>;
type Decided = Decision<SagaEvent>;

/** The seed's SagaOrchestrator as decisions; Step Functions only says when. */
export const sagaDecider: Decider<SagaCommand, SagaEvent, SagaState> = {
  initial: { status: 'none' },
  decide,
  evolve: evolveSaga,
};

function decide(command: SagaCommand, saga: SagaState): Decided {
  if (command.type === 'StartSaga') {
    return saga.status === 'none' ? accept({ type: 'SagaStarted', data: command.payload }) : accept();
  }
  if (saga.status === 'none') return refuse('NOT_FOUND', `There is no saga ${command.aggregateId}.`);
  return follow(command, saga);
}

function follow(command: Follows, saga: StartedSaga): Decided {
  if (isOfAnotherRun(command, saga)) return lateFor(command);
  switch (command.type) {
    case 'StartStep':
      return startStep(saga, command.payload.stepId, command.metadata.now);
    case 'CompleteStep':
      return completeStep(saga, command.payload);
    case 'FailStep':
      return failStep(saga, command.payload);
    case 'AnswerStep':
      return answerStep(saga, command.payload, command.metadata.now);
    case 'CancelSaga':
      return cancel(saga, command.payload.reason);
    case 'StartCompensation':
      return saga.status === 'running' ? accept(turnBack(saga, command.payload.cause)) : accept();
    case 'RecordCompensated':
      return recordCompensated(saga, command.payload.stepId);
    case 'RecordCompensationFailed':
      return recordCompensationFailed(saga, command.payload);
    case 'ResumeSaga':
      return resume(saga, command.payload);
    case 'EndSaga':
      return end(saga, command.payload.cause);
    default:
      return assertNever(command);
  }
}

function isOfAnotherRun({ payload }: Follows, { run }: StartedSaga): boolean {
  const of = (payload as { run?: number } | undefined)?.run;
  return of !== undefined && of !== run;
}

const OF_A_MACHINE = ['StartCompensation', 'RecordCompensated', 'RecordCompensationFailed', 'EndSaga'];

/** The saga was resumed since: a machine of the run before has nothing more to do, and whoever brings a result is told. */
function lateFor({ type }: Follows): Decided {
  if (OF_A_MACHINE.includes(type)) return accept();
  return refuse(type === 'AnswerStep' ? 'GONE' : 'CONFLICT', 'The saga was resumed since.');
}

function cancel(saga: StartedSaga, reason: string): Decided {
  if (saga.cancelReason !== null && saga.status !== 'failed') return accept();
  if (saga.status !== 'running') return refuse('CONFLICT', 'It has ended already, or is about to.');
  return accept({ type: 'SagaCancelRequested', data: { reason } });
}

function recordCompensated(saga: StartedSaga, stepId: string): Decided {
  if (!isToUndo(saga, stepId)) return accept();
  const compensation = compensationOf(saga, stepId);
  return accept({ type: 'SagaStepCompensated', data: { stepId, compensation } });
}

function recordCompensationFailed(saga: StartedSaga, { stepId, error }: { stepId: string; error: Failure }): Decided {
  if (saga.status !== 'compensating' || !isToUndo(saga, stepId)) return accept();
  const compensation = compensationOf(saga, stepId);
  return accept({ type: 'SagaCompensationFailed', data: { stepId, compensation, error } });
}

function compensationOf(saga: StartedSaga, stepId: string): string {
  return saga.definition.steps.find(({ id }) => id === stepId)?.compensation ?? '';
}

function end(saga: StartedSaga, cause: string | undefined): Decided {
  if (isOver(saga)) return accept();
  const data = saga.outcome ?? outcome(saga, cause);
  const failed: SagaEvent = { type: 'SagaFailed', data };
  return saga.status === 'running' ? accept(turnBack(saga, cause), failed) : accept(failed);
}

function turnBack(saga: StartedSaga, cause: string | undefined): SagaEvent {
  return { type: 'SagaCompensationStarted', data: outcome(saga, cause) };
}

/** Why the saga fails: somebody wanted it, or a step said why, or all that is known is what Step Functions saw. */
function outcome(saga: StartedSaga, cause: string | undefined): SagaOutcome {
  const { definition, steps, cancelReason } = saga;
  const unfinished = definition.steps.findLast(({ id }) => ['failed', 'started'].includes(steps.get(id)?.status ?? ''));
  const stepId = unfinished?.id ?? null;
  if (cancelReason !== null) return { stepId, error: { code: 'CANCELLED', message: cancelReason } };
  const step = steps.get(stepId ?? '');
  return { stepId, error: step?.status === 'failed' ? step.error : unexplained(stepId, cause) };
}

function unexplained(stepId: string | null, cause: string | undefined): Failure {
  const what = stepId === null ? 'The saga' : `The step ${stepId}`;
  if (cause === DEFERRED)
    return { code: 'SERVICE_UNAVAILABLE', message: `The service of ${what.toLowerCase()} was not to be had in time.` };
  if (cause === 'States.Timeout') return { code: 'TIMEOUT', message: `${what} did not finish in time.` };
  return { code: 'INTERNAL_ERROR', message: `${what} was cut off.` };
}
