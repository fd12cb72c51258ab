import type { SagaDefinition, SagaStep } from './saga-definition.ts';
import { stepTimeout } from './saga-definition.ts';

/** The states that are not steps. Step ids have no blank, so none of these names can be a step's. */
const START = 'Start saga';
export const CLOSE = 'Close saga';
const FAILED = 'Saga failed';
export const undoName = (stepId: string): string => `Undo ${stepId}`;

/** A machine in the Amazon States Language. */
export interface Asl {
  Comment: string;
  QueryLanguage: 'JSONata';
  StartAt: string;
  States: Record<string, Record<string, unknown>>;
}

/** The functions that a saga's states call: ARNs, or placeholders for them. */
export interface SagaFunctions {
  /** The function of a service, which runs the service's steps and undoes them. */
  service(name: string): string;
  /** Records the end of a saga that failed. */
  close: string;
}

/**
 * Compiles a saga to a state machine (seed: SagaOrchestrator). Each step waits for its task token; whatever ends it otherwise leads
 * to its own undo and from there down the chain to the first, so that a step whose answer was lost after its work is undone too: an
 * undo looks into the log before it acts. Nothing of the definition but ids, numbers and services reaches the machine. Payloads are
 * read from the log, so no text of a user's is ever an expression and execution data stays small.
 */
export function compileSaga(saga: SagaDefinition, functions: SagaFunctions): Asl {
  const steps = saga.steps.map((step, index) => [step.id, stepState(saga, index, functions)]);
  const undos = undoable(saga).map((step) => [undoName(step.id), undoState(saga, step, functions)]);
  return {
    Comment: 'Each step waits for its token; what was done is undone in reverse order.',
    QueryLanguage: 'JSONata',
    StartAt: START,
    States: {
      [START]: startState(saga),
      ...Object.fromEntries(steps),
      ...Object.fromEntries(undos),
      [CLOSE]: { ...surely(functions.close, FAILURE), Next: FAILED },
      [FAILED]: { Type: 'Fail', Error: 'SagaFailed' },
    },
  };
}

/** Where a saga that was cut off after this step began goes on: at the nearest undo behind it, or at its close. */
export function compensationFrom(saga: SagaDefinition, stepId: string | undefined): string {
  const at = saga.steps.findIndex((step) => step.id === stepId);
  const last = undoable(saga).findLast((step) => saga.steps.indexOf(step) <= at);
  return last === undefined ? CLOSE : undoName(last.id);
}

function undoable(saga: SagaDefinition): SagaStep[] {
  return saga.steps.filter((step) => step.compensation !== undefined);
}

/** An execution begins at its first step, or where its input says: a resume at a step, an interrupted saga at an undo. */
function startState(saga: SagaDefinition): Record<string, unknown> {
  const names = [...saga.steps.slice(1).map((step) => step.id), ...undoable(saga).map(({ id }) => undoName(id)), CLOSE];
  return {
    Type: 'Choice',
    Choices: names.map((name) => ({ Condition: `{% $states.input.startAt = '${name}' %}`, Next: name })),
    Default: saga.steps[0]?.id,
  };
}

/** Seconds beyond a step's own limit, which its service's function keeps to the millisecond. */
const BACKSTOP_SECONDS = 5;

const SAGA_ID = '{% $states.input.sagaId %}';
/** Which run of the saga it is; one that was resumed must hear nothing from the runs before. */
const EXECUTION = '{% $states.context.Execution.Name %}';
const FAILURE = { sagaId: SAGA_ID, execution: EXECUTION, cause: '{% $states.input.cause %}' };

function stepState(saga: SagaDefinition, index: number, functions: SagaFunctions): Record<string, unknown> {
  const step = saga.steps[index] as SagaStep;
  const next = saga.steps[index + 1]?.id;
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
    TimeoutSeconds: Math.ceil(stepTimeout(saga, step) / 1000) + BACKSTOP_SECONDS,
    Arguments: {
      FunctionName: functions.service(step.service),
      Payload: {
        do: 'run',
        sagaId: SAGA_ID,
        stepId: step.id,
        execution: EXECUTION,
        token: '{% $states.context.Task.Token %}',
      },
    },
    Retry: [deferral(stepTimeout(saga, step)), DECIDED, THROTTLED, INTERRUPTED],
    Catch: [
      {
        ErrorEquals: ['States.ALL'],
        Output: { sagaId: SAGA_ID, cause: '{% $states.errorOutput.Error %}' },
        Next: compensationFrom(saga, step.id),
      },
    ],
    Output: '{% $states.input %}',
    ...(next === undefined ? { End: true } : { Next: next }),
  };
}

/** An undo never fails for what its service answers: that is recorded, and the chain goes on. */
function undoState(saga: SagaDefinition, step: SagaStep, functions: SagaFunctions): Record<string, unknown> {
  const before = saga.steps[saga.steps.indexOf(step) - 1]?.id;
  const payload = { do: 'undo', stepId: step.id, ...FAILURE };
  return { ...surely(functions.service(step.service), payload), Next: compensationFrom(saga, before) };
}

/** The name of the error that sends a step back whose service's breaker is open: it comes again while its own limit lasts. */
export const DEFERRED = 'STEP_DEFERRED';

const MAX_DEFERRALS = 1000;

/** Soon after the service is well again, all through the step's own time, and seldom enough for an execution's 25,000 events. */
function deferral(timeoutMs: number): Record<string, unknown> {
  const soon = Math.min(60, Math.max(2, Math.ceil(timeoutMs / 60_000)));
  return {
    ErrorEquals: [DEFERRED],
    IntervalSeconds: Math.max(soon, Math.ceil(timeoutMs / 1000 / MAX_DEFERRALS)),
    MaxAttempts: MAX_DEFERRALS,
    BackoffRate: 1,
  };
}

/** Lambda had no room: nothing has run, so patience costs nothing. */
const THROTTLED = {
  ErrorEquals: ['Lambda.TooManyRequestsException'],
  IntervalSeconds: 1,
  MaxAttempts: 60,
  BackoffRate: 2,
  MaxDelaySeconds: 30,
  JitterStrategy: 'FULL',
};

/**
 * What the service answered, or what the log has decided otherwise: the machine turns back. Why, the log tells. One name for all of it,
 * so that no word of an agent's or a service's is ever taken for an error of the machine.
 */
export const FAILED_STEP = 'STEP_FAILED';
const DECIDED = { ErrorEquals: [FAILED_STEP], MaxAttempts: 0 };

/**
 * Whatever else went wrong, no answer was given: the function may have died in mid-work, or not come to it. Lambda has many names for
 * that. A second run finds in the log what the first recorded, so it is safe.
 */
const INTERRUPTED = {
  ErrorEquals: ['States.TaskFailed'],
  IntervalSeconds: 1,
  MaxAttempts: 5,
  BackoffRate: 2,
  JitterStrategy: 'FULL',
};

/** A state that must not be lost, as it deals with what has happened already: tried again for about half a day. */
function surely(functionName: string, payload: Record<string, unknown>): Record<string, unknown> {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    TimeoutSeconds: 900,
    Arguments: { FunctionName: functionName, Payload: payload },
    Retry: [
      {
        ErrorEquals: ['States.ALL'],
        IntervalSeconds: 2,
        MaxAttempts: 150,
        BackoffRate: 2,
        MaxDelaySeconds: 300,
        JitterStrategy: 'FULL',
      },
    ],
    Output: '{% $states.input %}',
  };
}
