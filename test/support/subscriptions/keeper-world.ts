import { AsyncLocalStorage } from 'node:async_hooks';
import type { AnyEvent } from '../../../functions/contracts/event.ts';
import { eventDeliveries } from '../../../functions/subscriptions/adapters/event-deliveries.ts';
import { eventBridgePatterns, eventBridgeRules } from '../../../functions/subscriptions/adapters/event-rules.ts';
import type { MatchedEvent } from '../../../functions/subscriptions/adapters/matched-events.ts';
import { matchedEvents } from '../../../functions/subscriptions/adapters/matched-events.ts';
import type { KeeperPorts } from '../../../functions/subscriptions/adapters/subscription-keeper.ts';
import { subscriptionKeeper } from '../../../functions/subscriptions/adapters/subscription-keeper.ts';
import type { NewSubscription, SubscriptionRecord } from '../../../functions/subscriptions/domain/subscription.ts';
import { hearsFrom } from '../../../functions/subscriptions/domain/subscription.ts';
import { VirtualClock } from '../delivery/virtual-clock.ts';
import type { Around } from '../publisher/sweep-world.ts';
import { memoryDeliveryQueue } from '../webhooks/memory-delivery-queue.ts';
import { memoryDeliveryStore } from '../webhooks/memory-delivery-store.ts';
import { MemoryEventBridge } from './memory-event-bridge.ts';
import { memorySubscriptions } from './memory-subscription-store.ts';
import { sampleSubscription } from './subscription-samples.ts';
import type { Written } from './user-event-log.ts';
import { UserEventLog } from './user-event-log.ts';

/** How an event comes about. Times in ms. */
export interface Published extends Written {
  /** From the log to the bus, and from there to the inbox. */
  toBus?: number;
  toInbox?: number;
  /** How often its rule brings it. */
  copies?: number;
}

const PREFIX = 'maos-test-';

/** Made once: each makes a client of the SDK, which takes its time. */
const rules = eventBridgeRules({ bus: 'maos-test', prefix: PREFIX, inbox: 'arn:inbox', deadLetters: 'arn:letters' });
const patterns = eventBridgePatterns();

/** The bus, the log, the table of subscriptions and the streams, on a played clock, and the keeper and the inbox between them. */
export class KeeperWorld {
  readonly clock = new VirtualClock();
  readonly bridge = new MemoryEventBridge(() => this.clock.now);
  readonly events = new UserEventLog(() => this.clock.now);
  readonly subscriptions = memorySubscriptions();
  readonly deliveries = memoryDeliveryStore();
  readonly queue = memoryDeliveryQueue(this.deliveries);
  readonly kicks: string[] = [];
  /** The streams of what rules have brought, and of all that was given: by them, or from the log. */
  readonly brought: string[] = [];
  readonly gifts: string[] = [];
  /** What went wrong with keepers that nobody waits for. */
  readonly failures: unknown[] = [];
  /** Over whose ports the next keeper works that a message wakes; `undefined`: the message is lost. */
  nextKeeper: () => Around | undefined = () => (call) => call();
  /** Which parked streams the index shows. */
  isShown: (stream: string) => boolean = () => true;
  readonly #process = new AsyncLocalStorage<Around>();

  constructor() {
    this.bridge.around = this.#around;
  }

  readonly #around: Around = (call) => (this.#process.getStore() ?? ((one) => one()))(call);

  /** The same port, each of its calls around which something may happen. */
  #through<Port extends object>(port: Port): Port {
    const entries = Object.entries(port).map(([name, effect]) => [
      name,
      (...args: unknown[]) => this.#around(() => (effect as (...args: unknown[]) => Promise<unknown>)(...args)),
    ]);
    return Object.fromEntries(entries) as Port;
  }

  ports(): KeeperPorts {
    const now = () => this.clock.now;
    const deliver = eventDeliveries({
      deliveries: this.deliveries,
      commit: async (writes) => this.deliveries.commit(writes),
      kick: this.kick,
      now: () => new Date(now()).toISOString(),
    });
    const give: typeof deliver = async (subscription, event) => {
      this.gifts.push(`${subscription.subscriptionId}-${event.eventId}`);
      await deliver(subscription, event);
    };
    const again = async (id: string, seconds: number) => this.call(id, seconds * 1000);
    return {
      subscriptions: this.#through(this.subscriptions.store),
      // Each of their calls is a call to EventBridge or two.
      rules,
      patterns,
      feed: this.#through(this.events.feed),
      parked: (id) => this.#parked(id),
      ...this.#through({ give, unpark: this.queue.unpark, kick: this.kick, again }),
      now,
    };
  }

  readonly kick = async (stream: string): Promise<void> => void this.kicks.push(stream);

  async *#parked(subscriptionId: string): AsyncGenerator<string[]> {
    for await (const streams of this.queue.parked(subscriptionId)) yield streams.filter(this.isShown);
  }

  /** Looks after one subscription, or all of them. */
  keep(subscriptionId?: string, around: Around = (call) => call(), changes: Partial<KeeperPorts> = {}): Promise<void> {
    const keeper = subscriptionKeeper({ ...this.ports(), ...changes });
    return this.#process.run(around, () => (subscriptionId === undefined ? keeper.all() : keeper.one(subscriptionId)));
  }

  /** A message wakes the keeper then. */
  call(subscriptionId?: string, delayMs = 0): void {
    this.clock.in(delayMs, () => {
      const around = this.nextKeeper();
      if (around === undefined) return;
      this.keep(subscriptionId, around).catch((error: unknown) => this.failures.push(error));
    });
  }

  /** All are looked after each minute, for so long. */
  everyMinute(minutes: number): void {
    for (let minute = 1; minute <= minutes; minute += 1) this.call(undefined, minute * 60_000 - 13_000);
  }

  /** As the API makes one, and tells the keeper. */
  async subscribe(changes: Partial<NewSubscription> = {}, isTold = true): Promise<SubscriptionRecord> {
    const createdAt = new Date(this.clock.now).toISOString();
    const subscription = sampleSubscription({ createdAt, ...changes });
    await this.subscriptions.store.create(subscription);
    if (isTold) this.call(subscription.subscriptionId);
    return subscription;
  }

  /** Writes an event, which the bus and the inbox get later. */
  async publish(published: Published = {}): Promise<AnyEvent> {
    const event = await this.events.write(published);
    const { put = 0, toBus = 0 } = published;
    this.clock.in(put + toBus, () => this.#reachBus(event, published));
    return event;
  }

  #reachBus(event: AnyEvent, { toInbox = 0, copies = 1 }: Published): void {
    for (const message of this.bridge.publish(event) as { detail: MatchedEvent }[])
      for (let copy = 0; copy < copies; copy += 1)
        this.clock.in(toInbox * (copy + 1), () => void this.bring(message.detail));
  }

  bring(detail: MatchedEvent): Promise<void> {
    this.brought.push(`${detail.subscriptionId}-${detail.event.eventId}`);
    const { give } = this.ports();
    return matchedEvents({ subscriptions: this.subscriptions.store, patterns, give })(detail, {});
  }

  /** The ids of the events that a subscriber is sent, as often as it is. */
  heard(subscriptionId: string): string[] {
    const own = [...this.deliveries.streams.values()].filter(({ stream }) => stream.owner === subscriptionId);
    return own.flatMap(({ deliveries }) => [...deliveries.values()].map(({ webhookId }) => webhookId)).sort();
  }

  /** The ids of those that it is to hear of, as far as its type says. */
  wanted(subscription: SubscriptionRecord): string[] {
    return this.events
      .events()
      .filter((event) => event.position >= hearsFrom(subscription) && event.eventType === subscription.eventType)
      .map(({ eventId }) => eventId)
      .sort();
  }

  row(subscriptionId: string): SubscriptionRecord | undefined {
    return this.subscriptions.rows.get(subscriptionId);
  }

  /** The subscriptions whose rules are on the bus. */
  ruled(): string[] {
    return [...this.bridge.rules.keys()].map((name) => name.slice(PREFIX.length));
  }

  /** A stream that waits for its subscription to be resumed. */
  async park(subscription: SubscriptionRecord, event: AnyEvent): Promise<string> {
    const stream = `${subscription.subscriptionId}-${event.eventId}`;
    const { give } = this.ports();
    await give(subscription, event);
    const now = new Date(this.clock.now).toISOString();
    const claim = await this.queue.claim(stream, now);
    if (claim !== undefined) await this.queue.park(claim, { revision: 1 }, subscription.subscriptionId);
    return stream;
  }
}
