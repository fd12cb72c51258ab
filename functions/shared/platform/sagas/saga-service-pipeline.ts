import middy from '@middy/core';
import { ENV } from '../../../contracts/env.ts';
import type { HealthCall, SagaCall, UndoAgain } from '../../../contracts/sagas/saga-calls.ts';
import type { Guard } from '../breaker/circuit-breaker.ts';
import { requireEnv } from '../env.ts';
import type { EventLog } from '../log/event-log.ts';
import { newLogger } from '../logger.ts';
import { deadLetterQueue } from '../queues/dead-letter-queue.ts';
import { sagaLog } from './saga-log.ts';
import type { Callable } from './saga-service.ts';
import { stepRunner } from './step-runner.ts';
import type { StepTokens } from './step-tokens.ts';
import { stepUndo, undoAgain } from './step-undo.ts';
import { sfnTokenAnswers } from './token-answers.ts';

const logger = newLogger();

export interface ServicePorts {
  log: EventLog;
  tokens: StepTokens;
  breaker: Guard;
  /** Touches what the service cannot work without; throws where it cannot. */
  checkHealth(): Promise<void>;
  /** The longest that one call of the function works on a step. */
  longestMs?: number;
}

/** Machines run and undo steps; operators ask for health, and for what could not be undone. */
type ServiceCall = SagaCall | UndoAgain | HealthCall;

/**
 * The pipeline of a service's function, which the machines of sagas call. What it throws is never the service's answer, which goes by
 * the log: the machine tries it again.
 */
export function sagaServicePipeline(service: Callable, { log, tokens, breaker, checkHealth, longestMs }: ServicePorts) {
  const sagas = sagaLog(log);
  const undoPorts = { sagas, breaker, longestMs, deadLetter: deadLetterQueue(requireEnv(ENV.deadLetterQueue)) };
  const run = stepRunner(service, { ...undoPorts, tokens, answers: sfnTokenAnswers() });
  const [undo, again] = [stepUndo(service, undoPorts), undoAgain(service, undoPorts)];
  return middy<ServiceCall, void>(async (call: ServiceCall) => {
    if (call.do === 'health') return checkHealth();
    if (call.do === 'undo-again') return again(call);
    return call.do === 'run' ? run(call) : undo(call);
  })
    .before(({ event }) => {
      logger.resetKeys();
      if (event.do !== 'health') logger.appendKeys({ sagaId: event.sagaId, stepId: event.stepId });
    })
    .onError(({ error, event }) => {
      logger.error(event.do === 'health' ? 'Not well' : 'Step interrupted', { error: error as Error });
      if (error) error.name = 'STEP_INTERRUPTED';
    });
}
