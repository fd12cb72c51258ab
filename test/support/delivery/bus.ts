import type { PutEventsCommandInput, PutEventsCommandOutput, PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { Queue } from './queue.ts';
import type { World } from './world.ts';

export interface Rule {
  source: string;
  /** Exact, or a beginning and `*`. */
  detailTypes: readonly string[];
  queue: Queue;
}

/** An event that the bus took, whether or not its publisher heard so. */
export interface Accepted {
  detailType: string;
  detail: string;
}

/** Amazon EventBridge API reference, "PutEvents": what a call can hold. */
const MAX_ENTRIES = 10;

/** On its way to a queue, at most. */
const ROUTE_MS = 5000;

/** An event comes as often, and no more: so says the plan of the drills. */
const MAX_COPIES = 4;

/**
 * A bus of EventBridge: what it took comes to each queue whose rule it matches, at least once and in no order (EventBridge user guide,
 * "Sending events with PutEvents", "How EventBridge retries delivering events").
 */
export class Bus {
  readonly accepted: Accepted[] = [];
  readonly #world: World;
  readonly #rules: Rule[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  route(rule: Rule): void {
    this.#rules.push(rule);
  }

  put({ Entries = [] }: PutEventsCommandInput): Partial<PutEventsCommandOutput> {
    if (Entries.length > MAX_ENTRIES) throw named('ValidationException', `${Entries.length} entries are too many.`);
    if (this.#world.strikes('throttled')) throw named('ThrottlingException', 'Rate exceeded');
    const failed = this.#world.strikes('entriesFail') ? this.#someOf(Entries) : [];
    if (failed.length > 0 && Entries.length === MAX_ENTRIES)
      this.#world.tally.add(`${failed.length} of 10 entries fail`);
    for (const entry of Entries) if (!failed.includes(entry)) this.#take(entry);
    if (failed.length < Entries.length && this.#world.strikes('answerLost')) {
      throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    }
    return {
      FailedEntryCount: failed.length,
      Entries: Entries.map((entry) => (failed.includes(entry) ? FAILED : { EventId: `bus-${this.accepted.length}` })),
    };
  }

  /** At least one, and not all where there is more than one. */
  #someOf(entries: readonly PutEventsRequestEntry[]): PutEventsRequestEntry[] {
    return this.#world.shuffled(entries).slice(0, this.#world.whole(1, Math.max(1, entries.length - 1)));
  }

  #take({ Source = '', DetailType = '', Detail = '' }: PutEventsRequestEntry): void {
    this.accepted.push({ detailType: DetailType, detail: Detail });
    const head = { version: '0', id: `bus-${this.accepted.length}`, source: Source, 'detail-type': DetailType };
    const body = `${JSON.stringify(head).slice(0, -1)},"detail":${Detail}}`;
    for (const rule of this.#rules) if (matches(rule, Source, DetailType)) this.#deliver(body, rule.queue);
  }

  #deliver(body: string, queue: Queue): void {
    const { clock } = this.#world;
    let copies = 1;
    while (copies < MAX_COPIES && this.#world.strikes('eventAgain')) copies += 1;
    for (let copy = 0; copy < copies; copy += 1) clock.in(this.#world.time(ROUTE_MS), () => queue.send(body));
  }
}

const FAILED = { ErrorCode: 'InternalFailure', ErrorMessage: 'Try again.' };

function matches(rule: Rule, source: string, detailType: string): boolean {
  if (rule.source !== source) return false;
  return rule.detailTypes.some((type) =>
    type.endsWith('*') ? detailType.startsWith(type.slice(0, -1)) : type === detailType,
  );
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
