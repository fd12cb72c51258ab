import type { AnyEvent } from '../../../functions/contracts/event.ts';
import type { CommitFeed } from '../../../functions/shared/platform/log/commit-feed.ts';
import { commitFeed } from '../../../functions/shared/platform/log/commit-feed.ts';
import { eventsOf } from '../../../functions/shared/platform/log/stored-event.ts';
import { memoryOrderedLog } from '../publisher/memory-commit-order.ts';

/** How an event is written. Times in ms. */
export interface Written {
  type?: string;
  data?: object;
  /** By how much its writer's clock is ahead. */
  skew?: number;
  /** How long it takes until it is in the log. */
  put?: number;
}

/** Events of users in a log, in which each is to be seen once its put is done. */
export class UserEventLog {
  readonly feed: CommitFeed;
  readonly #now: () => number;
  readonly #shownAt = new Map<string, number>();
  readonly #ordered = memoryOrderedLog(({ aggregateId }) => (this.#shownAt.get(aggregateId) ?? 0) <= this.#now());

  constructor(now: () => number) {
    this.#now = now;
    const { order, commits } = this.#ordered;
    this.feed = commitFeed(order, async (places) => {
      const wanted = new Set(places.map(({ position }) => position));
      return commits.filter(({ position }) => wanted.has(position));
    });
  }

  events(): AnyEvent[] {
    return this.#ordered.commits.flatMap(eventsOf);
  }

  async write({ type = 'order.placed', data = {}, skew = 0, put = 0 }: Written): Promise<AnyEvent> {
    const aggregateId = `evt_${String(this.#shownAt.size + 1).padStart(5, '0')}`;
    this.#shownAt.set(aggregateId, this.#now() + put);
    const commit = await this.#ordered.log.append(
      { aggregateId, version: 0, commits: [] },
      {
        commitId: `cmd_${aggregateId}`,
        committedAt: new Date(this.#now() + skew).toISOString(),
        source: 'shop',
        events: [{ type, data }],
        metadata: { correlationId: 'corr_1', traceId: '1-5759e988-bd862e3fe1be46a994272793' },
      },
    );
    const [event] = commit === 'conflict' ? [] : eventsOf(commit);
    if (event === undefined) throw new Error('Nobody else writes here.');
    return event;
  }
}
