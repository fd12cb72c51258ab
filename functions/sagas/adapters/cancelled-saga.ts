import type { StoredEvent } from '../../contracts/event.ts';
import { FAILED_STEP } from '../../contracts/sagas/compile-saga.ts';
import { firstExecution, machineArnOf, sagaExecutions } from '../../shared/platform/sagas/saga-executions.ts';
import type { SagaLog } from '../../shared/platform/sagas/saga-log.ts';
import type { StartedSaga } from '../../shared/platform/sagas/saga-state.ts';
import { isOpen, lastBegun } from '../../shared/platform/sagas/saga-state.ts';
import { wakeMachine } from '../../shared/platform/sagas/step-completions.ts';
import type { StepTokens } from '../../shared/platform/sagas/step-tokens.ts';
import type { TokenAnswers } from '../../shared/platform/sagas/token-answers.ts';

export interface CancelPorts {
  sagas: SagaLog;
  tokens: StepTokens;
  answers: TokenAnswers;
  /** What the ARNs of all sagas' machines begin with; the definition's id follows. */
  machines: string;
}

/**
 * Wakes the machine of a saga that is to end while its step waits for somebody, or while nobody has told the machine what became of the
 * step. One whose function is still at work is left alone: it ends, is recorded, and then finds the wish itself. A saga that no step of has
 * begun may have lost its start; it is started here, only to find that it is to end.
 */
export function sagaCanceller(ports: CancelPorts) {
  const start = sagaExecutions();
  return async (event: StoredEvent): Promise<void> => {
    const sagaId = event.data.aggregateId;
    const saga = await ports.sagas.find(sagaId);
    // A wish that an earlier run has obeyed is none of this one's.
    if (saga === undefined || saga.cancelReason === null) return;
    const machineArn = machineArnOf(ports.machines, saga);
    const states = [...saga.steps.values()];
    if (states.every(({ status }) => status === 'completed')) await start(firstExecution(saga, sagaId, machineArn));
    await wake(ports, saga, sagaId);
  };
}

async function wake(ports: CancelPorts, saga: StartedSaga, sagaId: string): Promise<void> {
  const stepId = lastBegun(saga);
  if (stepId === undefined) return;
  const key = { sagaId, stepId, run: saga.run };
  if (!isOpen(saga, key)) return wakeMachine(ports, key, saga);
  const waiting = await ports.tokens.get(key);
  if (waiting?.later) await ports.answers.fail(waiting.token, FAILED_STEP);
}
