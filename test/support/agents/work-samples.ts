import * as fc from 'fast-check';
import type { WorkCommand } from '../../../functions/agents/domain/work-commands.ts';
import type { WorkEvent } from '../../../functions/contracts/events/work-events.v1.ts';
import { sagaIdOf, workIdOf } from '../../../functions/contracts/task-ids.ts';
import { TASK_ID } from '../tasks/task-samples.ts';

type Payload<Type extends WorkCommand['type']> = Extract<WorkCommand, { type: Type }>['payload'];

export const ERROR = { code: 'AGENT_LOST', message: 'The agent was lost.' };
const FILE = { path: 'src/index.ts', size: 3, sha256: 'a'.repeat(64), contentType: 'text/plain', etag: '"a"' };

/** The events of one lease: by the first, an agent has taken the work, and by one of the others it ends that. */
export function leaseEvents(number: number) {
  const lease = { leaseId: `lease_${number}`, agentId: `agent_${number}` };
  return {
    leased: { type: 'WorkLeased', data: lease },
    returned: { type: 'WorkReturned', data: { ...lease, error: ERROR } },
    done: { type: 'WorkDone', data: { ...lease, summary: 'One file.', files: [FILE] } },
    failed: { type: 'WorkFailed', data: { ...lease, error: ERROR } },
  } satisfies Record<string, WorkEvent>;
}

export const offered: WorkEvent = {
  type: 'WorkOffered',
  data: { taskId: TASK_ID, sagaId: sagaIdOf(TASK_ID), taskType: 'code_generation', priority: 5 },
};
export const withdrawn: WorkEvent = { type: 'WorkWithdrawn', data: { reason: 'Nobody wants it.' } };

/** What the sample commands carry; those of a holder name this lease. */
function samplePayload(leaseId: string): { [Type in WorkCommand['type']]: Payload<Type> } {
  return {
    OfferWork: offered.data as Payload<'OfferWork'>,
    LeaseWork: { leaseId, agentId: leaseId.replace('lease', 'agent') },
    ReturnWork: { leaseId, error: ERROR },
    FinishWork: { leaseId, summary: 'One file.', files: [FILE] },
    FailWork: { leaseId, error: ERROR },
    WithdrawWork: withdrawn.data as Payload<'WithdrawWork'>,
  };
}

const commandIds = { next: 0 };

/** A command to the sample task's work, with an id of its own. */
export function workCommand(type: WorkCommand['type'], leaseId = 'lease_1'): WorkCommand {
  commandIds.next += 1;
  return {
    id: `cmd_${commandIds.next}`,
    type,
    aggregateId: workIdOf(TASK_ID),
    payload: samplePayload(leaseId)[type],
    metadata: { correlationId: 'corr_1', now: '2026-08-19T10:11:12.345Z' },
  } as WorkCommand;
}

/** Any command, by one of a few leases. A withdrawal is rare, or little else would ever happen. */
export const anyWorkCommand: fc.Arbitrary<WorkCommand> = fc
  .tuple(
    fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom<WorkCommand['type'][]>('OfferWork', 'LeaseWork', 'ReturnWork') },
      { weight: 4, arbitrary: fc.constantFrom<WorkCommand['type'][]>('FinishWork', 'FailWork') },
      { weight: 1, arbitrary: fc.constant<WorkCommand['type']>('WithdrawWork') },
    ),
    fc.integer({ min: 1, max: 2 }),
  )
  .map(([type, number]) => workCommand(type, `lease_${number}`));
