import type { StoredEvent } from '../../contracts/event.ts';
import { FAILED_STEP } from '../../contracts/sagas/compile-saga.ts';
import { firstExecution, sagaExecutions } from '../../shared/platform/sagas/saga-executions.ts';
import type { SagaLog } from '../../shared/platform/sagas/saga-log.ts';
import type { StartedSaga } from '../../shared/platform/sagas/saga-state.ts';
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
 * Wakes the machine of a saga that is to end while its step waits for somebody. A step whose function is still at work is left alone:
 * it ends, is recorded, and then finds the wish itself. A saga that no step of has begun may have lost its start; it is started here,
 * only to find that it is to end.
 */
export function sagaCanceller(ports: CancelPorts) {
  const start = sagaExecutions();
  return async (event: StoredEvent): Promise<void> => {
    const sagaId = event.data.aggregateId;
    const saga = await ports.sagas.find(sagaId);
    if (saga === undefined) return;
    const machineArn = `${ports.machines}${saga.machine ?? saga.definition.id}`;
    const states = [...saga.steps.values()];
    if (states.every(({ status }) => status === 'completed')) await start(firstExecution(saga, sagaId, machineArn));
    await wake(ports, saga, sagaId);
  };
}

async function wake({ tokens, answers }: CancelPorts, saga: StartedSaga, sagaId: string): Promise<void> {
  for (const [stepId, step] of saga.steps) {
    if (step.status !== 'started') continue;
    const waiting = await tokens.get({ sagaId, stepId, run: saga.run });
    if (waiting?.later) await answers.fail(waiting.token, FAILED_STEP);
  }
}
