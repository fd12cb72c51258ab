import * as fc from 'fast-check';
import type { SagaEvent } from '../../../functions/contracts/events/saga-events.v1.ts';
import type { WorkEvent } from '../../../functions/contracts/events/work-events.v1.ts';
import { sagaIdOf, workIdOf } from '../../../functions/contracts/task-ids.ts';
import type { NewEvent } from '../../../functions/shared/kernel/decider.ts';
import type { Commit, EventLog } from '../../../functions/shared/platform/log/event-log.ts';
import { tripSaga } from '../sagas/saga-samples.ts';
import { sampleEvent, samplePayload, TASK_ID } from './task-samples.ts';

/** What happens to a task's work and saga, in the order in which it happens. */
export type Story = (WorkEvent | SagaEvent)[];

const LOST = { code: 'AGENT_LOST', message: 'It was not heard of any more.' };
const { files, summary } = samplePayload.CompleteTask.result;

export const offered: WorkEvent = {
  type: 'WorkOffered',
  data: { taskId: TASK_ID, sagaId: sagaIdOf(TASK_ID), taskType: 'code_generation', priority: 5 },
};
export const leased = (agentId: string): WorkEvent => ({ type: 'WorkLeased', data: { leaseId: 'lease_1', agentId } });
export const returned = (agentId: string): WorkEvent => ({
  type: 'WorkReturned',
  data: { leaseId: 'lease_1', agentId, error: LOST },
});
export const workDone = (agentId: string): WorkEvent => ({
  type: 'WorkDone',
  data: { leaseId: 'lease_1', agentId, summary, files: files.map((file) => ({ ...file, etag: '"a"' })) },
});
export const workFailed = (agentId: string): WorkEvent => ({
  type: 'WorkFailed',
  data: { leaseId: 'lease_1', agentId, error: LOST },
});
export const withdrawn: WorkEvent = { type: 'WorkWithdrawn', data: { reason: 'It is not needed.' } };
export const sagaStarted: SagaEvent = {
  type: 'SagaStarted',
  data: { definition: tripSaga, data: { taskId: TASK_ID, taskType: 'code_generation' } },
};
export const sagaFailed = (stepId: string | null, code: string, message: string): SagaEvent => ({
  type: 'SagaFailed',
  data: { stepId, error: { code, message } },
});
/** Somebody asked for the end, and the saga has come to it. */
const sagaCancelled = (stepId: string | null): SagaEvent[] => [
  { type: 'SagaCancelRequested', data: { reason: 'It is not needed.' } },
  sagaFailed(stepId, 'CANCELLED', 'It is not needed.'),
];
export const sagaCompleted: SagaEvent = { type: 'SagaCompleted', data: {} };

const agent = fc.constantFrom('agent_1', 'agent_2', 'scaffold');
const ending: fc.Arbitrary<Story> = fc.oneof(
  agent.map((id): Story => [leased(id), workDone(id), sagaCompleted]),
  agent.map((id): Story => [leased(id), workFailed(id), withdrawn, sagaFailed('execute', 'AGENT_LOST', LOST.message)]),
  agent.map((id): Story => [leased(id), withdrawn, ...sagaCancelled('execute')]),
  fc.constant<Story>([withdrawn, sagaFailed('assign', 'TIMEOUT', 'It took too long.')]),
  fc.constant<Story>([withdrawn, ...sagaCancelled(null)]),
  agent.map((id): Story => [leased(id), workDone(id)]),
);

/** Some agents that lose the task one after the other, and then an end of each kind, or none yet. */
export const anyStory: fc.Arbitrary<Story> = fc
  .tuple(fc.array(agent, { maxLength: 3 }), ending)
  .map(([lost, end]) => [sagaStarted, offered, ...lost.flatMap((id) => [leased(id), returned(id)]), ...end]);

const isOfWork = ({ type }: NewEvent) => type.startsWith('Work');

/** Appends the task's creation. */
export function storeTask(log: EventLog, taskId = TASK_ID): Promise<Commit> {
  return store(log, taskId, sampleEvent.TaskCreated);
}

/** Appends an event of a story where it belongs. */
export function storeOf(log: EventLog, event: Story[number], taskId = TASK_ID): Promise<Commit> {
  return store(log, isOfWork(event) ? workIdOf(taskId) : sagaIdOf(taskId), event);
}

async function store(log: EventLog, aggregateId: string, event: NewEvent): Promise<Commit> {
  const stream = await log.load(aggregateId);
  const commit = await log.append(stream, {
    commitId: `cmd_${aggregateId}_${stream.version}`,
    committedAt: '2026-08-19T10:11:12.345Z',
    events: [event],
    metadata: { correlationId: 'corr_1', traceId: 'trace' },
  });
  if (commit === 'conflict') throw new Error('Nobody else writes here.');
  return commit;
}
