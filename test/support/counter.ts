import type { Command } from '../../functions/contracts/commands.ts';
import type { NewEvent } from '../../functions/shared/kernel/decider.ts';
import { accept, eventContract, refuse } from '../../functions/shared/kernel/decider.ts';
import type { Aggregate } from '../../functions/shared/platform/log/command-handler.ts';
import type { NewCommit } from '../../functions/shared/platform/log/event-log.ts';

/** A count that says what it has come to, so that a decision on an old state shows. */
export interface Added extends NewEvent {
  type: 'Added';
  data: { total: number };
}
export type Add = Command<'Add', { times: number }>;

export const LIMIT = 100;
export const counter: Aggregate<Add, Added, number> = {
  events: eventContract<Added>({ Added: true }),
  decider: {
    initial: 0,
    decide({ payload }, total) {
      if (total >= LIMIT) return refuse('CONFLICT', 'The count is full.');
      const events = Array.from(
        { length: payload.times },
        (_, index): Added => ({
          type: 'Added',
          data: { total: total + index + 1 },
        }),
      );
      return accept(...events);
    },
    evolve: (_total, event) => event.data.total,
  },
};

export const NOW = '2026-08-19T10:11:12.345Z';
/** Metadata of a command that goes on with what its aggregate's last event began. */
export const NO_STORY = { correlationId: undefined };
type Metadata = { [Field in keyof Add['metadata']]?: Add['metadata'][Field] | undefined };
export const add = (id: string, times = 1, metadata: Metadata = {}): Add => ({
  id,
  type: 'Add',
  aggregateId: 'counter',
  payload: { times },
  metadata: { correlationId: 'corr_1', now: NOW, ...metadata } as Add['metadata'],
});

export const rivalCommit = (round: number, total = 10 * (round + 1)): NewCommit => ({
  commitId: `rival_${round}`,
  committedAt: NOW,
  events: [{ type: 'Added', data: { total } }],
  metadata: { correlationId: 'other', traceId: 'other' },
});
