import type { StoredEvent } from '../../../functions/contracts/event.ts';
import type { RetryFailedEvent } from '../../../functions/contracts/projections.ts';
import { followedEvents } from '../../../functions/projections/adapters/catch-up.ts';
import type { LiveProjection } from '../../../functions/projections/adapters/live-projection.ts';
import { liveProjection } from '../../../functions/projections/adapters/live-projection.ts';
import type { Commit } from '../../../functions/shared/platform/log/event-log.ts';
import type { History } from './rebuild-histories.ts';
import { appended } from './rebuild-histories.ts';
import type { RebuildWorld } from './rebuild-world.ts';

interface Message {
  detail: StoredEvent | RetryFailedEvent;
  attempt: number;
}

/** Commands that append, and the queue that brings what they led to: once to three times, late, in any order, in batches that die. */
export class RebuildTraffic {
  readonly #world: RebuildWorld;
  readonly #inbox: Message[] = [];

  constructor(world: RebuildWorld) {
    this.#world = world;
  }

  /** Its commits come at any moments of this time, in their order. */
  play(history: History, within: number): void {
    const moments = history.commits.map(() => this.#world.whole(0, within)).sort((one, other) => one - other);
    for (const [at, events] of history.commits.entries())
      this.#world.clock.in(moments[at] ?? 0, () => void this.#append(history, events));
  }

  async #append(history: History, events: History['commits'][number]): Promise<void> {
    this.#publish(await appended(this.#world, history, events));
  }

  #publish(commit: Commit): void {
    for (const detail of followedEvents(this.#world.name, commit)) {
      const copies = this.#world.chance(0.3) ? this.#world.whole(2, 3) : 1;
      for (let copy = 0; copy < copies; copy += 1) this.#send({ detail, attempt: 1 });
      const { eventId, eventType } = detail;
      if (this.#world.chance(0.1)) this.#send({ detail: { retryOf: eventId, eventType }, attempt: 1 });
    }
  }

  #send(message: Message): void {
    const world = this.#world;
    world.clock.in(world.whole(0, world.chance(0.8) ? 150 : 2500), () => {
      this.#inbox.push(message);
      world.clock.in(world.whole(0, 40), () => void this.#receive());
    });
  }

  async #receive(): Promise<void> {
    const batch: Message[] = [];
    const size = this.#world.whole(1, 6);
    while (batch.length < size && this.#inbox.length > 0)
      batch.push(...this.#inbox.splice(this.#world.whole(0, this.#inbox.length - 1), 1));
    if (batch.length === 0) return;
    const world = this.#world;
    const { ports } = world.process('live');
    const before = await world.store.read(world.name);
    const again = await handled(
      liveProjection(ports, world.name, () => undefined),
      batch,
    );
    const after = await world.store.read(world.name);
    if (before.state.lastGeneration < after.state.lastGeneration) world.tally.add('a batch in flight at the beginning');
    if (before.state.generation < after.state.generation) world.tally.add('a batch in flight at the switch');
    for (const { detail, attempt } of again) this.#send({ detail, attempt: attempt + 1 });
  }
}

/** Answers what is to come again. */
async function handled(projection: LiveProjection, batch: readonly Message[]): Promise<readonly Message[]> {
  try {
    await projection.begin();
    const fates = await Promise.allSettled(
      batch.map(({ detail, attempt }) => projection.handle(detail, { attempt, isLast: false })),
    );
    await projection.end();
    return batch.filter((_, index) => fates[index]?.status === 'rejected');
  } catch {
    return batch;
  }
}
