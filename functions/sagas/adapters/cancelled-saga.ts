import type { StoredEvent } from '../../contracts/event.ts';
import type { SagaLog } from '../../shared/platform/sagas/saga-log.ts';
import type { StepTokens } from '../../shared/platform/sagas/step-tokens.ts';
import type { TokenAnswers } from '../../shared/platform/sagas/token-answers.ts';

export interface CancelPorts {
  sagas: SagaLog;
  tokens: StepTokens;
  answers: TokenAnswers;
}

/**
 * Wakes the machine of a saga that is to end while its step waits for somebody. A step whose function is still at work is left alone:
 * it ends, is recorded, and then finds the wish itself.
 */
export function sagaCanceller({ sagas, tokens, answers }: CancelPorts) {
  return async (event: StoredEvent): Promise<void> => {
    const sagaId = event.data.aggregateId;
    const saga = await sagas.find(sagaId);
    for (const [stepId, step] of saga?.steps ?? []) {
      if (step.status !== 'started') continue;
      const waiting = await tokens.get({ sagaId, stepId });
      if (waiting?.later) await answers.fail(waiting.token, 'CANCELLED');
    }
  };
}
