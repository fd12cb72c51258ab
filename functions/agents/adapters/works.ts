import type { CommandMetadata } from '../../contracts/commands.ts';
import type { WorkEvent } from '../../contracts/events/work-events.v1.ts';
import { workEvents } from '../../contracts/events/work-events.v1.ts';
import { workIdOf } from '../../contracts/task-ids.ts';
import type { Recorded } from '../../shared/kernel/decider.ts';
import { commandHandler } from '../../shared/platform/log/command-handler.ts';
import type { EventLog } from '../../shared/platform/log/event-log.ts';
import { history } from '../../shared/platform/log/stored-event.ts';
import type { WorkState } from '../domain/work.decider.ts';
import { workDecider } from '../domain/work.decider.ts';
import type { WorkCommand } from '../domain/work-commands.ts';

type Payload<Type extends WorkCommand['type']> = Extract<WorkCommand, { type: Type }>['payload'];

/** Names a command: its id, by which it is known again, and who or what is behind it. */
export interface Cause extends Pick<CommandMetadata, 'correlationId' | 'causationId' | 'userId'> {
  commandId: string;
}

/** Works in the event log, by their tasks. */
export interface Works {
  find(taskId: string): Promise<WorkState>;
  /**
   * The work as it stands right after the command, which is not as it stands now where the command has come before.
   *
   * @throws NOT_FOUND or CONFLICT, the decision's "no".
   */
  send<Type extends WorkCommand['type']>(
    taskId: string,
    type: Type,
    payload: Payload<Type>,
    cause: Cause,
  ): Promise<WorkState>;
}

export function worksIn(log: EventLog, now: () => string): Works {
  const handle = commandHandler({ decider: workDecider, events: workEvents }, log);
  return {
    find: async (taskId) => fold(history(workEvents, await log.load(workIdOf(taskId)))),
    async send(taskId, type, payload, { commandId: id, ...cause }) {
      const metadata = { ...cause, now: now() };
      const command = { id, type, aggregateId: workIdOf(taskId), payload, metadata } as unknown as WorkCommand;
      return fold((await handle(command)).history);
    },
  };
}

function fold(events: readonly Recorded<WorkEvent>[]): WorkState {
  return events.reduce(workDecider.evolve, workDecider.initial);
}
