import { randomUUID } from 'node:crypto';
import type { SagaEvent } from '../../../contracts/events/saga-events.v1.ts';
import { sagaEvents } from '../../../contracts/events/saga-events.v1.ts';
import type { Recorded } from '../../kernel/decider.ts';
import { AppError } from '../../kernel/errors.ts';
import { commandHandler } from '../log/command-handler.ts';
import type { EventLog } from '../log/event-log.ts';
import { history } from '../log/stored-event.ts';
import { sagaDecider } from './saga.decider.ts';
import type { SagaCommand } from './saga-commands.ts';
import type { SagaState, StartedSaga } from './saga-state.ts';
import { evolveSaga } from './saga-state.ts';

type Follows = Exclude<SagaCommand, { type: 'StartSaga' }>;
type Payload<Type extends Follows['type']> = Extract<Follows, { type: Type }>['payload'];

/** Sagas in the event log. */
export interface SagaLog {
  /** The saga, or `undefined` where none has begun under this id. */
  find(sagaId: string): Promise<StartedSaga | undefined>;
  /** Handles a command that begins or ends something, and answers the saga as it stands then. */
  handle(command: SagaCommand): Promise<StartedSaga>;
  /** Records what happened to a saga that runs, as part of the story that it belongs to. */
  record<Type extends Follows['type']>(sagaId: string, type: Type, payload: Payload<Type>): Promise<StartedSaga>;
}

export function sagaLog(log: EventLog): SagaLog {
  const run = commandHandler({ decider: sagaDecider, events: sagaEvents }, log);
  const handle = async (command: SagaCommand): Promise<StartedSaga> => {
    const { history } = await run(command);
    return startedSaga(fold(history), command.aggregateId);
  };
  return {
    async find(sagaId) {
      const saga = fold(history(sagaEvents, await log.load(sagaId)));
      return saga.status === 'none' ? undefined : saga;
    },
    handle,
    record(sagaId, type, payload) {
      const metadata = { now: new Date().toISOString() };
      return handle({ id: randomUUID(), type, aggregateId: sagaId, payload, metadata } as SagaCommand);
    },
  };
}

function fold(events: readonly Recorded<SagaEvent>[]): SagaState {
  return events.reduce<SagaState>(evolveSaga, sagaDecider.initial);
}

export function startedSaga(saga: SagaState | undefined, sagaId: string): StartedSaga {
  if (saga === undefined || saga.status === 'none') throw new AppError('NOT_FOUND', `There is no saga ${sagaId}.`);
  return saga;
}
