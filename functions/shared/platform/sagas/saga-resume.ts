import type { SagaEvent } from '../../../contracts/events/saga-events.v1.ts';
import type { Decision } from '../../kernel/decider.ts';
import { accept, refuse } from '../../kernel/decider.ts';
import type { ResumeSaga } from './saga-commands.ts';
import type { StartedSaga } from './saga-state.ts';
import { indexOf } from './saga-state.ts';

/** Steps that stay done must be so: what was undone, or could not be for sure, cannot be built upon. */
export function resume(saga: StartedSaga, { fromStep, input, machine }: ResumeSaga['payload']): Decision<SagaEvent> {
  if (saga.status !== 'failed')
    return refuse('RESUME_REFUSED', `Only a saga that failed can be resumed; it is ${saga.status}.`);
  const { steps } = saga.definition;
  const from =
    fromStep ?? saga.outcome?.stepId ?? steps.find(({ id }) => saga.steps.get(id)?.status !== 'completed')?.id;
  if (from === undefined) return refuse('RESUME_REFUSED', 'Every step is done: name the one to begin at.');
  const undone = steps.slice(0, indexOf(saga, from)).find(({ id }) => saga.steps.get(id)?.status !== 'completed');
  if (undone !== undefined)
    return refuse('RESUME_REFUSED', `The step ${undone.id} before it is ${stateOf(saga, undone.id)}.`);
  const data = { fromStep: from, input };
  return accept({ type: 'SagaResumed', data: { ...data, ...(machine !== undefined && { machine }) } });
}

function stateOf(saga: StartedSaga, stepId: string): string {
  const status = saga.steps.get(stepId)?.status;
  if (status === 'compensated') return 'compensated';
  return status === 'compensation-failed' ? 'done, and its compensation failed' : 'not done';
}
