import type { SagaEvent, SagaResumed } from '../../../contracts/events/saga-events.v1.ts';
import type { SagaDefinition, SagaStep } from '../../../contracts/sagas/saga-definition.ts';
import type { Failure } from '../../../contracts/task-fields.ts';
import type { Recorded } from '../../kernel/decider.ts';
import { AppError, assertNever } from '../../kernel/errors.ts';

/** Where one step stands. One that has not begun has no entry. */
export type StepState =
  | { status: 'started'; at: string }
  | { status: 'failed'; error: Failure }
  | { status: 'completed' | 'compensated' | 'compensation-failed'; result: Record<string, unknown> };

/** Why a saga failed, and at which step. */
export type SagaOutcome = Extract<SagaEvent, { type: 'SagaFailed' }>['data'];

/** A saga as far as its decisions and its runner need it. */
export type SagaState = { status: 'none' } | StartedSaga;

export interface StartedSaga {
  status: 'running' | 'compensating' | 'completed' | 'failed';
  definition: SagaDefinition;
  /** What it was started with, and every step's result merged into it. */
  data: Record<string, unknown>;
  /** The machine that it runs on, where that is not its definition's own. */
  machine?: string;
  startedAt: string;
  /** 1, and one more with each resume. */
  run: number;
  /** Since when its limit runs: its start, or its last resume. */
  runningSince: string;
  /** What a step is called with that a resume has edited. By step id. */
  edits: ReadonlyMap<string, Record<string, unknown>>;
  correlationId: string;
  /** By step id. A map, because a step may be called `constructor`. */
  steps: ReadonlyMap<string, StepState>;
  cancelReason: string | null;
  /** Why it turned back, once it has. */
  outcome: SagaOutcome | null;
}

export function evolveSaga(state: SagaState, event: Recorded<SagaEvent>): SagaState {
  if (event.type === 'SagaStarted') return started(event);
  if (state.status === 'none') throw new Error(`${event.aggregateId} begins with ${event.type} instead of SagaStarted`);
  return { ...state, ...change(state, event) };
}

function started(event: Recorded<Extract<SagaEvent, { type: 'SagaStarted' }>>): StartedSaga {
  const { timestamp: startedAt, correlationId } = event;
  return {
    status: 'running',
    ...event.data,
    startedAt,
    run: 1,
    runningSince: startedAt,
    edits: new Map(),
    correlationId,
    steps: new Map(),
    cancelReason: null,
    outcome: null,
  };
}

function change(saga: StartedSaga, event: Exclude<Recorded<SagaEvent>, { type: 'SagaStarted' }>): Partial<StartedSaga> {
  switch (event.type) {
    case 'SagaStepStarted':
      return withStep(saga, event.data.stepId, { status: 'started', at: event.timestamp });
    case 'SagaStepFailed':
      return withStep(saga, event.data.stepId, { status: 'failed', error: event.data.error });
    case 'SagaStepCompleted':
      return {
        ...withStep(saga, event.data.stepId, { status: 'completed', result: event.data.result }),
        data: { ...saga.data, ...event.data.result },
      };
    case 'SagaStepCompensated':
      return withStep(saga, event.data.stepId, { status: 'compensated', result: resultOf(saga, event.data.stepId) });
    case 'SagaCompensationFailed':
      return withStep(saga, event.data.stepId, {
        status: 'compensation-failed',
        result: resultOf(saga, event.data.stepId),
      });
    case 'SagaCancelRequested':
      return { cancelReason: event.data.reason };
    case 'SagaCompensationStarted':
      return { status: 'compensating', outcome: event.data };
    case 'SagaResumed':
      return resumed(saga, event);
    case 'SagaCompleted':
      return { status: 'completed' };
    case 'SagaFailed':
      return { status: 'failed' };
    default:
      return assertNever(event);
  }
}

function resumed(saga: StartedSaga, { data, timestamp }: Recorded<SagaResumed>): Partial<StartedSaga> {
  const { fromStep, input, machine } = data;
  const before = saga.definition.steps.slice(0, indexOf(saga, fromStep)).map(({ id }) => id);
  return {
    status: 'running',
    ...(machine !== undefined && { machine }),
    run: saga.run + 1,
    runningSince: timestamp,
    edits: new Map(saga.edits).set(fromStep, { ...saga.edits.get(fromStep), ...input }),
    steps: new Map([...saga.steps].filter(([stepId]) => before.includes(stepId))),
    cancelReason: null,
    outcome: null,
  };
}

/** -1 where it has no such step. */
export function indexOf({ definition }: Pick<StartedSaga, 'definition'>, stepId: string): number {
  return definition.steps.findIndex(({ id }) => id === stepId);
}

function withStep(saga: StartedSaga, stepId: string, step: StepState): Pick<StartedSaga, 'steps'> {
  return { steps: new Map(saga.steps).set(stepId, step) };
}

/** What a done step gave; a step that is not done gave nothing. */
export function resultOf(saga: StartedSaga, stepId: string): Record<string, unknown> {
  const step = saga.steps.get(stepId);
  return step !== undefined && 'result' in step ? step.result : {};
}

/** A saga that has not turned back undoes nothing, nor does one that has ended, but for what it could not undo then. */
export function isToUndo(saga: StartedSaga, stepId: string): boolean {
  const status = saga.steps.get(stepId)?.status;
  if (saga.status === 'failed') return status === 'compensation-failed';
  return saga.status === 'compensating' && status === 'completed';
}

/** The step that the saga has come to; `undefined` where none has begun. */
export function lastBegun({ definition, steps }: Pick<StartedSaga, 'definition' | 'steps'>): string | undefined {
  return definition.steps.findLast(({ id }) => steps.has(id))?.id;
}

export function isOver({ status }: Pick<StartedSaga, 'status'>): boolean {
  return status === 'completed' || status === 'failed';
}

/** Whether a step may still do something that counts. */
export function isOpen(saga: StartedSaga, { stepId }: { stepId: string }): boolean {
  return saga.status === 'running' && saga.steps.get(stepId)?.status === 'started';
}

export function stepOf(saga: StartedSaga, stepId: string): SagaStep {
  const step = saga.definition.steps.find(({ id }) => id === stepId);
  if (step === undefined) throw new AppError('NOT_FOUND', `The saga has no step ${stepId}.`);
  return step;
}
