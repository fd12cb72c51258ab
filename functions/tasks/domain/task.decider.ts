import type {
  AssignTask,
  CancelTask,
  CompleteTask,
  CreateTask,
  FailTask,
  ReleaseTask,
  TaskCommand,
} from '../../contracts/commands.ts';
import type { TaskEvent } from '../../contracts/events/task-events.ts';
import type { Decider, Decision, Recorded } from '../../shared/kernel/decider.ts';
import { accept, refuse } from '../../shared/kernel/decider.ts';
import { assertNever } from '../../shared/kernel/errors.ts';

/** What decisions need to know of a task, and no more; everything else is in its events. */
export type TaskState =
  | { status: 'none' }
  | { status: 'pending' }
  | { status: 'assigned'; agent: string }
  | { status: 'ended' };

export const taskDecider: Decider<TaskCommand, TaskEvent, TaskState> = {
  initial: { status: 'none' },
  decide,
  evolve,
};

function decide(command: TaskCommand, state: TaskState): Decision<TaskEvent> {
  switch (command.type) {
    case 'CreateTask':
      return create(command, state);
    case 'AssignTask':
      return assign(command, state);
    case 'ReleaseTask':
      return release(command, state);
    case 'CompleteTask':
      return complete(command, state);
    case 'FailTask':
      return fail(command, state);
    case 'CancelTask':
      return cancel(command, state);
    default:
      return assertNever(command);
  }
}

function create({ aggregateId, payload }: CreateTask, state: TaskState): Decision<TaskEvent> {
  if (state.status !== 'none') return refuse('CONFLICT', `${aggregateId} exists already.`);
  return accept({ type: 'TaskCreated', data: payload });
}

function assign({ aggregateId, payload }: AssignTask, state: TaskState): Decision<TaskEvent> {
  if (state.status === 'none') return unknown(aggregateId);
  if (state.status !== 'pending') return refuse('CONFLICT', `${aggregateId} is not waiting for an agent.`);
  return accept({ type: 'TaskAssigned', data: { agent: payload.agent } });
}

function release({ aggregateId, payload }: ReleaseTask, state: TaskState): Decision<TaskEvent> {
  if (state.status === 'none') return unknown(aggregateId);
  if (state.status !== 'assigned' || state.agent !== payload.agent) {
    return refuse('CONFLICT', `${aggregateId} is not with the agent ${payload.agent}.`);
  }
  return accept({ type: 'TaskReleased', data: payload });
}

function complete({ aggregateId, payload }: CompleteTask, state: TaskState): Decision<TaskEvent> {
  if (state.status === 'none') return unknown(aggregateId);
  if (state.status !== 'assigned') return refuse('CONFLICT', `${aggregateId} is not being worked on.`);
  return accept({ type: 'TaskCompleted', data: { result: payload.result } });
}

function fail({ aggregateId, payload }: FailTask, state: TaskState): Decision<TaskEvent> {
  if (state.status === 'none') return unknown(aggregateId);
  if (state.status === 'ended') return refuse('CONFLICT', `${aggregateId} has ended already.`);
  return accept({ type: 'TaskFailed', data: { error: payload.error } });
}

function cancel({ aggregateId, payload }: CancelTask, state: TaskState): Decision<TaskEvent> {
  if (state.status === 'none') return unknown(aggregateId);
  if (state.status === 'ended') return refuse('CONFLICT', `${aggregateId} has ended already.`);
  return accept({ type: 'TaskCancelled', data: { reason: payload.reason } });
}

function unknown(taskId: string): Decision<TaskEvent> {
  return refuse('NOT_FOUND', `There is no task ${taskId}.`);
}

function evolve(_state: TaskState, event: Recorded<TaskEvent>): TaskState {
  switch (event.type) {
    case 'TaskCreated':
    case 'TaskReleased':
      return { status: 'pending' };
    case 'TaskAssigned':
      return { status: 'assigned', agent: event.data.agent };
    case 'TaskCompleted':
    case 'TaskFailed':
    case 'TaskCancelled':
      return { status: 'ended' };
    default:
      return assertNever(event);
  }
}
