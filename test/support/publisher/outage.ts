import type { StoredEvent } from '../../../functions/contracts/event.ts';
import { eventIdOf } from '../../../functions/contracts/event-names.ts';
import type { EventBus } from '../../../functions/events/adapters/event-bus.ts';
import type { SweepReport } from '../../../functions/events/adapters/sweep-report.ts';
import type { NewEvent } from '../../../functions/shared/kernel/decider.ts';
import type { Commit } from '../../../functions/shared/platform/log/event-log.ts';
import { shardOf } from '../../../functions/shared/platform/log/log-shards.ts';
import type { Fate } from './mortal.ts';
import { mortal } from './mortal.ts';
import type { Planned } from './outage-plan.ts';
import { HOUR, OFF, ON, outcomesOf, planned } from './outage-plan.ts';
import { THROTTLED } from './scripted-bus.ts';
import type { Around } from './sweep-world.ts';
import { MINUTE, SweepWorld } from './sweep-world.ts';

/** What befell the system; each has to have happened, or a drill has shown nothing. */
export interface Faults {
  /** Records that the stream forgot, at another place in each of its shards. */
  trimmed: number;
  /** Commits that the publisher sent and did not mark before it was gone. */
  sentUnmarked: number;
  sweepsDead: number;
  sweepsWithErrors: number;
  sweepsBeside: number;
  sweepsOutOfTime: number;
  /** Commits that the bus did not take from a sweep, for then. */
  throttled: number;
  /** Events that the bus refused for good when a sweep came with them. */
  refused: number;
  /** Looks at the order that did not show a commit although it was old enough. */
  shownLate: number;
}

export function noFaults(): Faults {
  const [trimmed, sentUnmarked, sweepsDead, sweepsWithErrors, sweepsBeside] = [0, 0, 0, 0, 0];
  const rest = { sweepsOutOfTime: 0, throttled: 0, refused: 0, shownLate: 0 };
  return { trimmed, sentUnmarked, sweepsDead, sweepsWithErrors, sweepsBeside, ...rest };
}

/** Where the stream's publisher is while sweeps run, once it is back. */
export type Publisher = 'first' | 'beside' | 'last';

/** A publisher that was off for 25 hours, over commits of 30 hours, and sweeps that come every five minutes. */
export class Outage {
  readonly world: SweepWorld;
  /** The events that the publisher sent before it went, and those that sweeps were the first to bring after that. */
  readonly bySweeps: StoredEvent[] = [];
  readonly #random: () => number;
  readonly #faults: Faults;
  readonly #report: SweepReport;
  readonly #planned: Planned[];
  readonly #plans = new Map<string, Planned>();
  #records: Commit[] = [];
  #storing = Promise.resolve();

  constructor(histories: readonly NewEvent[][], random: () => number, faults: Faults, report: SweepReport) {
    this.#random = random;
    this.#faults = faults;
    this.#report = report;
    this.#planned = histories.flatMap((events, index) => planned(`task_${index}`, events, random));
    this.#planned.sort((a, b) => a.storedAt - b.storedAt);
    const outcomes = new Map<string, ReturnType<typeof outcomesOf>>();
    this.world = new SweepWorld({
      script: (id) => outcomes.get(id) ?? outcomes.set(id, outcomesOf(random)).get(id) ?? [],
      isShown: (commit) => this.#isShown(commit),
    });
  }

  /** Until the publisher is gone, and then until it is back. */
  async pass(): Promise<void> {
    await this.#until(OFF);
    while (this.#records.length > 5) await this.#deliver(5);
    const { around } = mortal(this.#fate(8, 'dies'));
    await this.world.publish(this.#records, this.#clocked(around)).catch(() => undefined);
    this.bySweeps.push(...this.world.bus.accepted);
    const sent = new Set(this.world.accepted());
    const isSent = ({ aggregateId, version }: Commit) => sent.has(eventIdOf(aggregateId, version));
    this.#faults.sentUnmarked += this.world.unmarked().filter(isSent).length;
    await this.#until(ON);
    const trims = [0, 1, 2].map(() => ON - 24 * HOUR + (this.#random() - 0.5) * HOUR);
    const kept = this.#records.filter((one) => this.#storedAt(one) > (trims[streamShardOf(one)] ?? 0));
    this.#faults.trimmed += this.#records.length - kept.length;
    this.#records = kept;
  }

  /** The next sweep of the clock, or two of them, whatever befalls them; the stream goes on meanwhile where it is told to. */
  async round(publisher: Publisher): Promise<void> {
    await this.#until(this.world.time + 5 * MINUTE);
    const sweeps = [this.#sweep()];
    if (this.#random() < 0.25) {
      this.#faults.sweepsBeside += 1;
      sweeps.push(this.#sweep());
    }
    if (publisher === 'beside') sweeps.push(this.#deliver());
    await Promise.all(sweeps);
  }

  /** The stream's publisher works up what is left of the stream. */
  async catchUp(): Promise<void> {
    for (let tries = 0; this.#records.length > 0; tries += 1) {
      if (tries > 1000) throw new Error('The stream stands still.');
      await this.#deliver();
    }
  }

  /** Whether every commit was stored, and is old enough to be swept. */
  isOver(): boolean {
    return this.#planned.length === 0 && this.world.time > ON + 2 * HOUR;
  }

  async #deliver(most = 10): Promise<void> {
    const batch = this.#records.slice(0, most);
    const { around } = mortal(this.#random() < 0.1 ? this.#fate(20, 'dies') : undefined);
    const waiting = await this.world.publish(batch, this.#clocked(around)).catch(() => undefined);
    const lowest = batch.findIndex((one) => waiting === undefined || waiting.some(({ commit }) => commit === one));
    this.#records.splice(0, lowest === -1 ? batch.length : lowest);
  }

  async #sweep(): Promise<void> {
    const begun = this.world.time;
    const chance = this.#random();
    const fate = chance < 0.5 ? this.#fate(80, chance < 0.3 ? 'dies' : 'errs') : undefined;
    const process = mortal(fate);
    const around = this.#clocked(process.around, chance > 0.85 ? 30_000 : 300);
    const reports = [this.world.report, this.#report];
    const report: SweepReport = {
      swept(commits) {
        for (const one of process.isDead() ? [] : reports) one.swept(commits);
      },
      left(place, error) {
        for (const one of process.isDead() ? [] : reports) one.left(place, error);
      },
    };
    const letters = this.world.letters.length;
    await this.world.sweep(around, { bus: this.#sweepsBus(around), report }).catch(() => undefined);
    this.#faults.sweepsDead += process.isDead() ? 1 : 0;
    this.#faults.sweepsWithErrors += process.fired() && !process.isDead() ? 1 : 0;
    this.#faults.sweepsOutOfTime += this.world.time - begun >= 200_000 ? 1 : 0;
    this.#faults.refused += this.world.letters
      .slice(letters)
      .filter((one) => one.subscriptionId === 'sweep-events').length;
  }

  /** Remembers what sweeps brought first, even those that died over it: what the publisher beside has sent, they may send once more. */
  #sweepsBus(around: Around): EventBus {
    const send = async (events: readonly StoredEvent[]) => {
      const known = new Set(this.world.accepted());
      const outcomes = await this.world.bus.bus(events);
      const taken = events.filter((_, index) => outcomes[index]?.errorCode === undefined);
      const tooYoung = taken.filter(({ metadata }) => Date.parse(metadata.timestamp) > this.world.time - 15 * MINUTE);
      if (tooYoung.length > 0) throw new Error('A sweep has sent what is the stream’s yet.');
      this.bySweeps.push(...taken.filter(({ eventId: id }) => !known.has(id)));
      this.#faults.throttled += outcomes.filter((one) => one === THROTTLED).length;
      return outcomes;
    };
    return (events) => around(() => send(events as readonly StoredEvent[]));
  }

  #fate(calls: number, how: Fate['how']): Fate {
    return { how, call: 1 + Math.floor(this.#random() * calls), when: this.#random() < 0.5 ? 'before' : 'after' };
  }

  /** Time passes with each call, others get in between, and new commits are stored. */
  #clocked(around: Around, ms = 300): Around {
    return async (call) => {
      for (let turns = this.#random() * 4; turns > 1; turns -= 1) await Promise.resolve();
      await this.#until(this.world.time + this.#random() * ms);
      return around(call);
    };
  }

  #until(time: number): Promise<void> {
    this.world.time = Math.max(this.world.time, time);
    this.#storing = this.#storing.then(() => this.#storeDue());
    return this.#storing;
  }

  async #storeDue(): Promise<void> {
    for (let next = this.#planned[0]; next !== undefined && next.storedAt <= this.world.time; next = this.#planned[0]) {
      this.#planned.shift();
      const commit = await this.world.store(next.aggregateId, next.events, next.at);
      this.#plans.set(commit.position, next);
      this.#records.push(commit);
    }
  }

  #storedAt({ position }: Commit): number {
    return this.#plans.get(position)?.storedAt ?? 0;
  }

  #isShown({ position, committedAt }: Commit): boolean {
    const isShown = (this.#plans.get(position)?.shownAt ?? Number.POSITIVE_INFINITY) <= this.world.time;
    if (!isShown && Date.parse(committedAt) < this.world.time - 15 * MINUTE) this.#faults.shownLate += 1;
    return isShown;
  }
}

function streamShardOf({ aggregateId }: Commit): number {
  return Number(shardOf(aggregateId).slice('shard-'.length)) % 3;
}
