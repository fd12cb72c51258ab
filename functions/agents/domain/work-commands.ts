import type { Command } from '../../contracts/commands.ts';
import type { StagedFile, WorkOffered } from '../../contracts/events/work-events.v1.ts';
import type { Failure } from '../../contracts/task-fields.ts';

/** A saga wants the work done. */
export type OfferWork = Command<'OfferWork', WorkOffered['data']>;

/** An agent takes it. */
export type LeaseWork = Command<'LeaseWork', { leaseId: string; agentId: string }>;

/** The lease ran out, or its agent asks for another try by somebody else. */
export type ReturnWork = Command<'ReturnWork', { leaseId: string; error: Failure }>;

/** The agent is done; its files were looked at before. */
export type FinishWork = Command<'FinishWork', { leaseId: string; summary: string; files: StagedFile[] }>;

/** The agent says that it cannot be done. */
export type FailWork = Command<'FailWork', { leaseId: string; error: Failure }>;

/** The saga does not want it any more. */
export type WithdrawWork = Command<'WithdrawWork', { reason: string }>;

export type WorkCommand = OfferWork | LeaseWork | ReturnWork | FinishWork | FailWork | WithdrawWork;
