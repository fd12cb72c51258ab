import type { CommandMetadata, TaskCommand } from '../../contracts/commands.ts';
import { taskEvents } from '../../contracts/events/task-events.ts';
import type { TaskStep, TaskStepResult } from '../../contracts/task-steps.ts';
import { AppError, assertNever, isAppError } from '../../shared/kernel/errors.ts';
import { commandHandler } from '../../shared/platform/command-handler.ts';
import type { EventLog } from '../../shared/platform/event-log.ts';
import { history } from '../../shared/platform/stored-event.ts';
import { agentFor } from '../domain/agent-choice.ts';
import { taskFailure } from '../domain/task-failure.ts';
import { taskAggregate } from './task-aggregate.ts';

/**
 * A step of the machine as a command. Its id comes from the task and the step, so a step that Step Functions runs again is
 * recognised in the log and gives its first answer.
 */
export function taskSteps(log: EventLog, now: () => string) {
  const handle = commandHandler(taskAggregate, log);
  return async (step: TaskStep): Promise<TaskStepResult> => {
    try {
      const { history } = await handle(await commandOf(step, log, now()));
      return { causationId: history.at(-1)?.eventId ?? step.causationId };
    } catch (error) {
      if (step.step === 'fail' && hasEnded(error)) return { causationId: step.causationId };
      throw error;
    }
  };
}

/** Then the step before it did its work and only its answer was lost; there is nothing to fail. */
function hasEnded(error: unknown): boolean {
  return isAppError(error) && error.code === 'CONFLICT' && !error.retryable;
}

async function commandOf(step: TaskStep, log: EventLog, now: string): Promise<TaskCommand> {
  const { taskId, correlationId, causationId } = step;
  const metadata: CommandMetadata = { correlationId, causationId, now };
  const base = { id: `${taskId}:${step.step}`, aggregateId: taskId, metadata };
  switch (step.step) {
    case 'assign':
      return { ...base, type: 'AssignTask', payload: { agent: await chosenAgent(log, taskId) } };
    case 'complete':
      return { ...base, type: 'CompleteTask', payload: { result: step.result } };
    case 'fail':
      return { ...base, type: 'FailTask', payload: { error: taskFailure(step.error) } };
    default:
      return assertNever(step);
  }
}

async function chosenAgent(log: EventLog, taskId: string): Promise<string> {
  const [created] = history(taskEvents, await log.load(taskId));
  if (created?.type !== 'TaskCreated') throw new AppError('NOT_FOUND', `There is no task ${taskId}.`);
  const agent = agentFor(created.data.type);
  if (agent === undefined) throw new AppError('NO_AGENT', `No agent takes tasks of the type "${created.data.type}".`);
  return agent;
}
