import middy from '@middy/core';
import { ENV } from '../../../contracts/env.ts';
import type { SagaCall } from '../../../contracts/sagas/saga-calls.ts';
import { requireEnv } from '../env.ts';
import type { EventLog } from '../log/event-log.ts';
import { newLogger } from '../logger.ts';
import { deadLetterQueue } from '../queues/dead-letter-queue.ts';
import { sagaLog } from './saga-log.ts';
import type { SagaService } from './saga-service.ts';
import { stepRunner } from './step-runner.ts';
import type { StepTokens } from './step-tokens.ts';
import { stepUndo } from './step-undo.ts';
import { sfnTokenAnswers } from './token-answers.ts';

const logger = newLogger();

/**
 * The pipeline of a service's function, which the machines of sagas call. What it throws is never the service's answer, which goes by
 * the log: the machine tries it again (`STEP_INTERRUPTED` in the compiler's `Retry`).
 */
export function sagaServicePipeline(service: SagaService, { log, tokens }: { log: EventLog; tokens: StepTokens }) {
  const sagas = sagaLog(log);
  const run = stepRunner(service, { sagas, tokens, answers: sfnTokenAnswers() });
  const undo = stepUndo(service, { sagas, deadLetter: deadLetterQueue(requireEnv(ENV.deadLetterQueue)) });
  return middy<SagaCall, void>(async (call: SagaCall) => (call.do === 'run' ? run(call) : undo(call)))
    .before(({ event: { sagaId, stepId } }) => {
      logger.resetKeys();
      logger.appendKeys({ sagaId, stepId });
    })
    .onError(({ error }) => {
      logger.error('Step interrupted', { error: error as Error });
      if (error) error.name = 'STEP_INTERRUPTED';
    });
}
