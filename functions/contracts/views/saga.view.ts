import type { Recorded } from '../../shared/kernel/decider.ts';
import { assertNever } from '../../shared/kernel/errors.ts';
import type { SagaExecution } from '../api/saga.ts';
import type { SagaEvent, SagaResumed, SagaStarted } from '../events/saga-events.v1.ts';

/** A saga as everybody outside sees it, folded from its events. */
export function sagaView(saga: SagaExecution | undefined, event: Recorded<SagaEvent>): SagaExecution {
  if (event.type === 'SagaStarted') return started(event);
  if (saga === undefined) throw new Error(`${event.aggregateId} begins with ${event.type} instead of SagaStarted`);
  if (event.type === 'SagaResumed') return resumed(saga, event);
  return { ...saga, ...changes(saga, event), version: event.version };
}

function started({ aggregateId, data, timestamp, correlationId, version }: Recorded<SagaStarted>): SagaExecution {
  return {
    id: aggregateId,
    definition: data.definition as SagaExecution['definition'],
    status: 'running',
    currentStep: data.definition.steps[0]?.id ?? null,
    data: data.data as SagaExecution['data'],
    completedSteps: [],
    compensations: [],
    startTime: timestamp,
    correlationId,
    version,
  };
}

type Following = Exclude<Recorded<SagaEvent>, { type: 'SagaStarted' | 'SagaResumed' }>;

function changes(saga: SagaExecution, event: Following): Partial<SagaExecution> {
  switch (event.type) {
    case 'SagaStepStarted':
    case 'SagaStepFailed':
      return { currentStep: event.data.stepId };
    case 'SagaStepCompleted':
      return stepCompleted(saga, event);
    case 'SagaCancelRequested':
      return {};
    case 'SagaCompensationStarted':
      return { status: 'compensating', error: event.data.error };
    case 'SagaStepCompensated':
      return compensated(saga, event, { status: 'completed' });
    case 'SagaCompensationFailed':
      return compensated(saga, event, { status: 'failed', error: event.data.error });
    case 'SagaCompleted':
      return { status: 'completed', currentStep: null, endTime: event.timestamp };
    case 'SagaFailed':
      return { status: 'failed', error: event.data.error, endTime: event.timestamp };
    default:
      return assertNever(event);
  }
}

function stepCompleted(
  saga: SagaExecution,
  { data: { stepId, result }, timestamp }: Extract<Following, { type: 'SagaStepCompleted' }>,
): Partial<SagaExecution> {
  const done = { stepId, result: result as SagaExecution['data'], completedAt: timestamp };
  const { steps } = saga.definition;
  return {
    completedSteps: [...saga.completedSteps, done],
    data: { ...saga.data, ...done.result },
    currentStep: steps[indexOf(saga, stepId) + 1]?.id ?? stepId,
  };
}

type Compensation = SagaExecution['compensations'][number];

/** One that was made up for after the end is told once, as it stands. */
function compensated(
  saga: SagaExecution,
  { data: { stepId, compensation }, timestamp }: Following & { data: { stepId: string; compensation: string } },
  outcome: Pick<Compensation, 'status' | 'error'>,
): Partial<SagaExecution> {
  const isMadeUpFor = (one: Compensation) =>
    saga.status === 'failed' && one.stepId === stepId && one.status === 'failed';
  const others = saga.compensations.filter((one) => !isMadeUpFor(one));
  return { compensations: [...others, { stepId, compensation, executedAt: timestamp, ...outcome }] };
}

/** What is to be done again is not done; what was undone stays told. */
function resumed(saga: SagaExecution, { data: { fromStep }, version }: Recorded<SagaResumed>): SagaExecution {
  const from = indexOf(saga, fromStep);
  const { error: _, endTime: __, ...rest } = saga;
  return {
    ...rest,
    version,
    status: 'running',
    currentStep: fromStep,
    completedSteps: saga.completedSteps.filter(({ stepId }) => indexOf(saga, stepId) < from),
  };
}

function indexOf({ definition }: SagaExecution, stepId: string): number {
  return definition.steps.findIndex(({ id }) => id === stepId);
}
