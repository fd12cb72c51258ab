import { expect } from 'vitest';
import type { Decider, EventContract, NewEvent, Recorded, Refusal } from '../../../functions/shared/kernel/decider.ts';
import type { Stream } from '../../../functions/shared/platform/log/event-log.ts';
import { commitBehind } from '../../../functions/shared/platform/log/event-log.ts';
import { history } from '../../../functions/shared/platform/log/stored-event.ts';

const COMMITTED_AT = '2026-08-19T10:11:12.345Z';

/** Events as the log gives them back to folds: one a commit, a second apart. */
export function recordedAs<E extends NewEvent>(
  contract: EventContract<E>,
  aggregateId: string,
  events: readonly E[],
): Recorded<E>[] {
  const commits = events.map((event, index) => {
    const stream: Stream = { aggregateId, version: index, commits: [] };
    const committedAt = new Date(Date.parse(COMMITTED_AT) + 1000 * index).toISOString();
    const metadata = { correlationId: 'corr_1', traceId: 'trace' };
    return commitBehind(stream, { commitId: `cmd_${index}`, committedAt, events: [event], metadata });
  });
  return history(contract, { commits });
}

/** Given what has happened, when a command comes, then these events, or a refusal, and nothing else. */
export function given<C, E extends NewEvent, S>(
  decider: Decider<C, E, S>,
  contract: EventContract<E>,
  events: readonly E[],
) {
  const state = recordedAs(contract, 'any', events).reduce(decider.evolve, decider.initial);
  return {
    when(command: C) {
      const decision = decider.decide(command, state);
      return {
        thenEvents: (...expected: readonly E[]) => expect(decision).toEqual({ ok: true, events: expected }),
        thenRefused: (code: Refusal['code']) =>
          expect(decision).toEqual({ ok: false, refusal: { code, message: expect.stringMatching(/\.$/) } }),
      };
    },
  };
}
