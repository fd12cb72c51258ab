import type { WorkEvent, WorkOffered } from '../../contracts/events/work-events.v1.ts';
import type { Failure } from '../../contracts/task-fields.ts';
import type { Decider, Decision, Recorded } from '../../shared/kernel/decider.ts';
import { accept, refuse } from '../../shared/kernel/decider.ts';
import { assertNever } from '../../shared/kernel/errors.ts';
import type { ReturnWork, WorkCommand } from './work-commands.ts';

/** Leases that may end without a result; the last of them ends the work. */
const MAX_LEASES = 3;

export interface Lease {
  leaseId: string;
  agentId: string;
}

/** `lease` is the one that counts in the state: who holds it, who ended it, or who had it last. `returns` counts leases given back. */
export type WorkState =
  | { status: 'none' }
  | { status: 'waiting'; offer: WorkOffered['data']; returns: number; lease: Lease | null }
  | { status: 'leased'; offer: WorkOffered['data']; returns: number; lease: Lease }
  | { status: 'done'; offer: WorkOffered['data']; lease: Lease }
  | { status: 'failed'; offer: WorkOffered['data']; lease: Lease; error: Failure }
  | { status: 'withdrawn'; offer: WorkOffered['data'] | null; returns: number; lease: Lease | null };

export const workDecider: Decider<WorkCommand, WorkEvent, WorkState> = {
  initial: { status: 'none' },
  decide,
  evolve,
};

function decide(command: WorkCommand, state: WorkState): Decision<WorkEvent> {
  switch (command.type) {
    case 'OfferWork':
      if (state.status !== 'none')
        return refuse('CONFLICT', `${command.aggregateId} was offered or withdrawn already.`);
      return accept({ type: 'WorkOffered', data: command.payload });
    case 'LeaseWork':
      if (state.status === 'none') return unknown(command);
      if (state.status !== 'waiting') return refuse('CONFLICT', `${command.aggregateId} does not wait for an agent.`);
      return accept({ type: 'WorkLeased', data: command.payload });
    case 'WithdrawWork':
      return withdraw(command, state);
    default:
      return byHolder(command, state);
  }
}

/**
 * Work that was never offered can be withdrawn, too: an offer that was given up may still be on its way, and must not come to life
 * after the saga has turned back.
 */
function withdraw(command: WorkCommand & { type: 'WithdrawWork' }, state: WorkState): Decision<WorkEvent> {
  const open = state.status === 'none' || state.status === 'waiting' || state.status === 'leased';
  if (!open) return refuse('CONFLICT', `${command.aggregateId} has ended already.`);
  return accept({ type: 'WorkWithdrawn', data: command.payload });
}

type HoldersCommand = Exclude<WorkCommand, { type: 'OfferWork' | 'LeaseWork' | 'WithdrawWork' }>;

/** What only the agent that holds the work can bring about, so that each lease ends once. */
function byHolder(command: HoldersCommand, state: WorkState): Decision<WorkEvent> {
  if (state.status === 'none') return unknown(command);
  const { leaseId } = command.payload;
  if (state.status !== 'leased' || state.lease.leaseId !== leaseId)
    return refuse('CONFLICT', `The lease ${leaseId} has ended; its work is no longer the agent's.`);
  const { agentId } = state.lease;
  switch (command.type) {
    case 'ReturnWork':
      return giveBack(command, state.returns, agentId);
    case 'FinishWork':
      return accept({ type: 'WorkDone', data: { ...command.payload, agentId } });
    case 'FailWork':
      return accept({ type: 'WorkFailed', data: { ...command.payload, agentId } });
    default:
      return assertNever(command);
  }
}

/** Work that agents keep getting lost over would go round for ever; its last error is its end. */
function giveBack({ payload }: ReturnWork, returns: number, agentId: string): Decision<WorkEvent> {
  const type = returns + 1 < MAX_LEASES ? 'WorkReturned' : 'WorkFailed';
  return accept({ type, data: { ...payload, agentId } });
}

function unknown({ aggregateId }: WorkCommand): Decision<WorkEvent> {
  return refuse('NOT_FOUND', `There is no work ${aggregateId}.`);
}

function evolve(state: WorkState, event: Recorded<WorkEvent>): WorkState {
  if (event.type === 'WorkOffered') return { status: 'waiting', offer: event.data, returns: 0, lease: null };
  if (event.type === 'WorkWithdrawn') return withdrawn(state);
  const { leaseId, agentId } = event.data;
  const offer = offerOf(state, event);
  const lease = { leaseId, agentId };
  const returns = 'returns' in state ? state.returns : 0;
  switch (event.type) {
    case 'WorkLeased':
      return { status: 'leased', offer, returns, lease };
    case 'WorkReturned':
      return { status: 'waiting', offer, returns: returns + 1, lease };
    case 'WorkDone':
      return { status: 'done', offer, lease };
    case 'WorkFailed':
      return { status: 'failed', offer, lease, error: event.data.error };
    default:
      return assertNever(event);
  }
}

/** `lease`: only one that was cut off by it. */
function withdrawn(state: WorkState): WorkState {
  const offer = 'offer' in state ? state.offer : null;
  const returns = 'returns' in state ? state.returns : 0;
  return { status: 'withdrawn', offer, returns, lease: state.status === 'leased' ? state.lease : null };
}

function offerOf(state: WorkState, event: Recorded<WorkEvent>): WorkOffered['data'] {
  if ('offer' in state && state.offer !== null) return state.offer;
  throw new Error(`${event.aggregateId} begins with ${event.type} instead of WorkOffered`);
}
