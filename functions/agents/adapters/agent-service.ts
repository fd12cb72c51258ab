import { TASK_ID, TASK_TYPE, taskIdOf } from '../../contracts/task-ids.ts';
import type { ErrorCode } from '../../shared/kernel/errors.ts';
import { AppError, isRefusal } from '../../shared/kernel/errors.ts';
import type { CallContext, SagaService } from '../../shared/platform/sagas/saga-service.ts';
import { LATER } from '../../shared/platform/sagas/saga-service.ts';
import type { WorkState } from '../domain/work.decider.ts';
import type { AgentState, QueuedWork } from './agent-state.ts';
import type { WorkPorts } from './settling.ts';
import { show } from './settling.ts';

export interface AgentServicePorts extends WorkPorts {
  /** Removes what agents have uploaded for a task. */
  clearStaged(taskId: string): Promise<void>;
}

/**
 * `agent-service`: finds an agent for a task and waits for its work. Agents come when they want to, so both steps answer "later"; what
 * agents do then ends them (`work-steps.ts`).
 */
export function agentService(ports: AgentServicePorts): SagaService {
  return {
    assign: {
      run: (input, context) => assign(ports, input, context),
      abandon: (input, context) => withdraw(ports, input, context),
    },
    release: {
      async run({ sagaData }, context) {
        await withdraw(ports, sagaData, context);
        return {};
      },
    },
    execute: { run: async (_input, { sagaId }) => outcomeOf(await ports.works.find(taskIdOf(sagaId))) },
  };
}

/** Shows work that is none, and takes it away again: without the queues no task finds an agent. */
export async function checkAgentService(state: Pick<AgentState, 'enqueue' | 'dequeue'>): Promise<void> {
  // No task can be of this type, so no agent asks for it.
  const probe = { taskId: 'health', taskType: '#health', priority: 0, createdAt: '', round: 0 };
  await state.enqueue(probe);
  await state.dequeue(probe);
}

/**
 * Offers the work. The log goes first, so that no queue shows work that there is not; a crash behind it is mended by the second call
 * of this step, which shows the work if it still waits.
 */
async function assign(ports: WorkPorts, input: unknown, { sagaId, correlationId }: CallContext) {
  const { taskId, taskType, priority, createdAt } = workOf(input);
  const cause = { commandId: `${taskId}:offer`, correlationId };
  await ports.works.send(taskId, 'OfferWork', { taskId, sagaId, taskType, priority }, cause);
  const work = await ports.works.find(taskId);
  if (work.status === 'waiting') await show(ports, { taskId, taskType, priority, createdAt, round: work.returns });
  return 'lease' in work && work.lease !== null ? { ...work.lease } : LATER;
}

/** What the service's contract says of each field. */
const FITS: Record<keyof Omit<QueuedWork, 'round'>, (value: unknown) => boolean> = {
  taskId: isText(TASK_ID),
  taskType: isText(TASK_TYPE),
  priority: (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 9,
  createdAt: (value) => isText(/Z$/)(value) && Number.isFinite(Date.parse(value as string)),
};

function isText(form: RegExp): (value: unknown) => boolean {
  return (value) => typeof value === 'string' && form.test(value);
}

function workOf(input: unknown): Omit<QueuedWork, 'round'> {
  const given = (input ?? {}) as Omit<QueuedWork, 'round'>;
  const wrong = Object.entries(FITS).filter(([field, fits]) => !fits(given[field as keyof typeof FITS]));
  const details = wrong.map(([path]) => ({ path, message: 'must be as the contract says' }));
  if (details.length > 0) throw new AppError('VALIDATION_ERROR', 'The saga does not say what work it is.', { details });
  const { taskId, taskType, priority, createdAt } = given;
  return { taskId, taskType, priority, createdAt };
}

/** Work that has ended is left as it is. An agent that holds it is freed here, and hears of it by its next heartbeat. */
async function withdraw(
  ports: AgentServicePorts,
  input: unknown,
  { sagaId, correlationId }: CallContext,
): Promise<void> {
  const { works, state } = ports;
  const queued = workOf(input);
  const taskId = taskIdOf(sagaId);
  const payload = { reason: 'The task does not need it any more.' };
  const cause = { commandId: `${taskId}:withdraw`, correlationId };
  await works.send(taskId, 'WithdrawWork', payload, cause).catch(unlessRefusal);
  const work = await works.find(taskId);
  if (work.status === 'withdrawn') {
    if (work.lease !== null) await state.closeLease(work.lease, { cancelled: true });
    await state.dequeue({ ...queued, round: work.returns });
  }
  // No upload is let in any more, so what is cleared now stays cleared.
  await ports.clearStaged(taskId);
}

function unlessRefusal(error: unknown): void {
  if (!isRefusal(error)) throw error;
}

/** The agent's own error is the step's. Its code is any word that the agent chose, and passes for one of ours by its form. */
function outcomeOf(work: WorkState): { leaseId: string } | typeof LATER {
  switch (work.status) {
    case 'waiting':
    case 'leased':
      return LATER;
    case 'done':
      return { leaseId: work.lease.leaseId };
    case 'failed':
      throw new AppError(work.error.code as ErrorCode, work.error.message);
    default:
      throw new AppError('CONFLICT', 'Nobody is asked for this work, or nobody any more.');
  }
}
