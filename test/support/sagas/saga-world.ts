import type { SagaEvent } from '../../../functions/contracts/events/saga-events.v1.ts';
import { sagaEvents } from '../../../functions/contracts/events/saga-events.v1.ts';
import type { FailedEvent } from '../../../functions/contracts/failed-event.ts';
import { AppError } from '../../../functions/shared/kernel/errors.ts';
import { UNTOUCHED } from '../../../functions/shared/platform/breaker/breaker-record.ts';
import type { Guard } from '../../../functions/shared/platform/breaker/circuit-breaker.ts';
import type { EventLog } from '../../../functions/shared/platform/log/event-log.ts';
import { history } from '../../../functions/shared/platform/log/stored-event.ts';
import { sagaLog } from '../../../functions/shared/platform/sagas/saga-log.ts';
import type {
  Callable,
  CallContext,
  Operation,
  SagaService,
} from '../../../functions/shared/platform/sagas/saga-service.ts';
import { stepCompletions } from '../../../functions/shared/platform/sagas/step-completions.ts';
import { stepRunner } from '../../../functions/shared/platform/sagas/step-runner.ts';
import type { StepTokens } from '../../../functions/shared/platform/sagas/step-tokens.ts';
import { stepUndo, undoAgain } from '../../../functions/shared/platform/sagas/step-undo.ts';
import type { TokenAnswers } from '../../../functions/shared/platform/sagas/token-answers.ts';
import { FaultLine } from '../faults.ts';
import { memoryEventLog } from '../log/memory-event-log.ts';
import { memoryStepTokens } from './memory-step-tokens.ts';
import { SAGA_ID, sagaCommand, tripSaga, tripStarted } from './saga-samples.ts';

/** What stays when a process dies: the log, the tokens, what Step Functions and the dead letters have heard. */
export interface SagaWorld {
  log: EventLog;
  tokens: StepTokens;
  /** `ok <token>` or `<code> <token>`, in order. */
  answered: string[];
  letters: FailedEvent[];
  /** The services whose breakers let nothing through. */
  refused: Set<string>;
}

export function sagaWorld(): SagaWorld {
  return { log: memoryEventLog(), tokens: memoryStepTokens(), answered: [], letters: [], refused: new Set() };
}

/** Lets calls through to all services but these. */
export function guardAgainst(refused: ReadonlySet<string>): Guard {
  return {
    async call({ service }, run) {
      if (!refused.has(service)) return run({ breaker: UNTOUCHED });
      throw new AppError('SERVICE_UNAVAILABLE', `${service} is unavailable.`, { details: { service } });
    },
  };
}

/**
 * A process in this world that runs the steps of sagas by this service, until a fault cuts it off. An execution is the saga's first
 * unless it is named.
 */
export function sagaProcess(world: SagaWorld, service: Callable, line = new FaultLine()) {
  const answers: TokenAnswers = {
    succeed: async (token) => void world.answered.push(`ok ${token}`),
    fail: async (token, code) => void world.answered.push(`${code} ${token}`),
  };
  const letters = { send: async (letter: FailedEvent) => void world.letters.push(letter) };
  const sagas = sagaLog(line.through(world.log, 'append'));
  const ports = {
    sagas,
    tokens: line.through(world.tokens, 'put', 'markLater'),
    answers: line.through(answers, 'succeed', 'fail'),
    breaker: guardAgainst(world.refused),
    deadLetter: line.through(letters, 'send').send,
  };
  const run = stepRunner(service, ports);
  const undoPorts = { sagas, breaker: ports.breaker, deadLetter: ports.deadLetter };
  const [undo, again] = [stepUndo(service, undoPorts), undoAgain(service, undoPorts)];
  return {
    ports,
    completions: stepCompletions(ports),
    run: (stepId: string, token = `token-${stepId}`, execution?: string) =>
      run({ do: 'run', sagaId: SAGA_ID, stepId, token, ...(execution !== undefined && { execution }) }),
    undo: (stepId: string, cause?: string) =>
      undo({ do: 'undo', sagaId: SAGA_ID, stepId, ...(cause === undefined ? {} : { cause }) }),
    undoAgain: (stepId: string, ofRun = 1, redriveOf?: string) =>
      again({ do: 'undo-again', sagaId: SAGA_ID, stepId, run: ofRun, ...(redriveOf !== undefined && { redriveOf }) }),
  };
}

/** Begins the sample saga; with a machine, as a user does. */
export async function startTrip({ log }: SagaWorld, definition = tripSaga, machine?: string): Promise<void> {
  const { data } = tripStarted.data;
  const payload = { definition, data, ...(machine !== undefined && { machine }) };
  await sagaLog(log).handle(sagaCommand('StartSaga', payload, new Date().toISOString()));
}

/** The saga's events as they were decided, without what the log adds. */
export async function eventsOf({ log }: Pick<SagaWorld, 'log'>, sagaId = SAGA_ID): Promise<SagaEvent[]> {
  const events = history(sagaEvents, await log.load(sagaId));
  return events.map(({ type, data }) => ({ type, data }) as SagaEvent);
}

/** Like {@link eventsOf}, in short: `SagaStepStarted flight`. */
export async function storyOf(world: SagaWorld): Promise<string[]> {
  const events = await eventsOf(world);
  return events.map(({ type, data }) => ('stepId' in data && data.stepId !== null ? `${type} ${data.stepId}` : type));
}

type Call = [what: string, stepId: string, input: Record<string, unknown>];

/**
 * The service of the sample saga. It knows each call by its ids, so what was booked is there once however often it was asked for.
 *
 * @param book what the booking of a step answers once it is made, or throws instead
 */
export function bookingService(book: Operation['run'] = async (_, { stepId }) => ({ [`${stepId}Ticket`]: 7 })) {
  const calls: Call[] = [];
  const booked = new Set<string>();
  const keyOf = ({ sagaId, stepId }: CallContext) => `${sagaId}/${stepId}`;
  const service: SagaService = {
    book: {
      async run(input, context) {
        calls.push(['book', context.stepId, input]);
        const result = await book(input, context);
        booked.add(keyOf(context));
        return result;
      },
      async abandon(input, context) {
        calls.push(['abandon', context.stepId, input]);
        booked.delete(keyOf(context));
      },
    },
    look: { run: async () => ({}) },
    unbook: {
      async run(input, context) {
        calls.push(['unbook', context.stepId, input]);
        booked.delete(keyOf(context));
        return {};
      },
    },
  };
  return { service, calls, booked: () => [...booked] };
}
