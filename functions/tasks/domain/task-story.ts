import type { TaskCommand } from '../../contracts/commands.ts';
import type { SagaEvent, SagaFailed, SagaStarted } from '../../contracts/events/saga-events.v1.ts';
import type { WorkDone, WorkEvent } from '../../contracts/events/work-events.v1.ts';
import type { Failure } from '../../contracts/task-fields.ts';
import type { Recorded } from '../../shared/kernel/decider.ts';

/** A command that brings the task in line with one event, and that event's id: cause and command id in one. */
export type Consequence = Pick<TaskCommand, 'type' | 'payload'> & { because: string };

/**
 * What its work and its saga mean for a task, in the order in which it must happen. Told from the whole of both histories, so it does
 * not matter which event was delivered, how often or how late: the beginning of the story is always the same.
 */
export function taskStory(work: readonly Recorded<WorkEvent>[], saga: readonly Recorded<SagaEvent>[]): Consequence[] {
  return [...work.flatMap(fromWork), ...saga.flatMap((event) => fromSaga(event, work, saga))];
}

function fromWork(event: Recorded<WorkEvent>): Consequence[] {
  const because = event.eventId;
  switch (event.type) {
    case 'WorkLeased':
      return [{ because, type: 'AssignTask', payload: { agent: event.data.agentId } }];
    case 'WorkReturned':
      return [{ because, type: 'ReleaseTask', payload: { agent: event.data.agentId, error: event.data.error } }];
    default:
      return [];
  }
}

function fromSaga(
  event: Recorded<SagaEvent>,
  work: readonly Recorded<WorkEvent>[],
  saga: readonly Recorded<SagaEvent>[],
): Consequence[] {
  const because = event.eventId;
  if (event.type === 'SagaCompleted') {
    const { files: staged, summary } = done(work);
    const files = staged.map(({ etag: _, ...file }) => file);
    return [{ because, type: 'CompleteTask', payload: { result: { files, summary } } }];
  }
  if (event.type !== 'SagaFailed') return [];
  const error = taskError(event.data, saga);
  // By what was asked for, not by the code: an agent may choose the same word.
  const cancelled = saga.some(({ type }) => type === 'SagaCancelRequested');
  if (cancelled) return [{ because, type: 'CancelTask', payload: { reason: error.message } }];
  return [{ because, type: 'FailTask', payload: { error } }];
}

function done(work: readonly Recorded<WorkEvent>[]): WorkDone['data'] {
  const event = work.findLast((one): one is Recorded<WorkDone> => one.type === 'WorkDone');
  if (event === undefined) throw new Error('The saga is completed, and no work of it is done.');
  return event.data;
}

/** A task that nobody took in time says so in the task's own words. */
function taskError({ stepId, error }: SagaFailed['data'], saga: readonly Recorded<SagaEvent>[]): Failure {
  if (stepId !== 'assign' || error.code !== 'TIMEOUT') return error;
  const started = saga.find((one): one is Recorded<SagaStarted> => one.type === 'SagaStarted');
  return { code: 'NO_AGENT', message: `No agent took a task of the type "${started?.data.data.taskType}" in time.` };
}
