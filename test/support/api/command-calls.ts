import type { CommandResult } from '../../../functions/contracts/commands.ts';
import { sagaIdOf } from '../../../functions/contracts/task-ids.ts';
import { sagaLog } from '../../../functions/shared/platform/sagas/saga-log.ts';
import { TASK_ID } from '../tasks/task-samples.ts';
import type { ApiCall, apiCaller } from './api-calls.ts';
import { TASK_BODY, taskApi, taskStores } from './task-api.ts';

const COMMANDS = '/api/v1/commands';

/** What a caller sends who wants the sample task. */
export const CREATE = { id: 'mine', type: 'CreateTask', aggregateId: TASK_ID, payload: TASK_BODY };
/** The same, and its changes told. */
export const TOLD = { ...CREATE, payload: { ...TASK_BODY, callbackUrl: 'https://receiver.example/hook' } };
/** What a caller sends who wants its end. */
export const CANCEL = { id: 'end', type: 'CancelTask', aggregateId: TASK_ID, payload: { reason: 'It rains.' } };
export const SAGA_ID = sagaIdOf(TASK_ID);

/** What comes of the two where nobody else does anything. */
export const CREATED: CommandResult = { success: true, aggregateId: TASK_ID, version: 1, events: ['TaskCreated'] };
export const CANCELLED: CommandResult = { ...CREATED, events: ['SagaCancelRequested'] };

/** `POST /commands` with this body. */
export function commandSender({ call }: { call: ReturnType<typeof apiCaller> }) {
  return (body: unknown, more: Partial<ApiCall> = {}) => call({ method: 'POST', path: COMMANDS, body, ...more });
}
type Send = ReturnType<typeof commandSender>;
type Answer = Awaited<ReturnType<Send>>;

/** How often a command comes that comes many times. */
export const TIMES = 20;

/** Each time as a request of its own. */
export function timesAtOnce(send: Send, body: unknown): Promise<Answer[]> {
  return Promise.all(Array.from({ length: TIMES }, (_, at) => send(body, { requestId: `req-${at}` })));
}

/** An answer in short: without what is of this call alone. */
export function said({ status, json }: Answer) {
  return { status, ...(json.data ? { data: json.data } : { code: json.error.code }) };
}

/** What {@link said} tells of a command that was carried out. */
export const ok = (data: CommandResult) => ({ status: 200, data });

export type Stores = ReturnType<typeof taskStores>;

/** Stores, the processes of the API over them, and what the rest of the product does to the sample task. */
export function commandStory() {
  const stores = taskStores();
  const process = (over: Stores): Send => commandSender(taskApi(over));
  const goOn = (...commands: Parameters<ReturnType<typeof taskApi>['commands']>) =>
    taskApi(stores).commands(...commands);
  return {
    stores,
    process,
    send: process(stores),
    goOn,
    /** What the saga's machine and the follower do about a wish: the task ends. */
    async endAsWished(): Promise<void> {
      await sagaLog(stores.log).record(SAGA_ID, 'EndSaga', { cause: 'CANCELLED' });
      await goOn('CancelTask');
    },
    /** Of all events of an aggregate, in order. */
    async namesIn(aggregateId: string): Promise<string[]> {
      const { commits } = await stores.log.load(aggregateId);
      return commits.flatMap(({ events }) => events.map(({ type }) => type));
    },
  };
}
