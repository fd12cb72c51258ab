import { vi } from 'vitest';
import type { FailedEvent } from '../../../functions/contracts/failed-event.ts';
import type {
  GuardedRequest,
  OutgoingAnswer,
  OutgoingRequest,
} from '../../../functions/shared/platform/outgoing/guarded-request.ts';
import { webhookSender } from '../../../functions/shared/platform/webhooks/webhook-sender.ts';
import type { StreamSenderPorts } from '../../../functions/webhooks/adapters/stream-sender.ts';
import { streamSender } from '../../../functions/webhooks/adapters/stream-sender.ts';
import { sweepWebhooks } from '../../../functions/webhooks/adapters/webhook-sweep.ts';
import { newDelivery, newStream } from './delivery-samples.ts';
import { memoryDeliveryQueue } from './memory-delivery-queue.ts';
import { memoryDeliveryStore } from './memory-delivery-store.ts';
import { memorySecrets } from './memory-secrets.ts';
import { memorySubscriptionStates } from './memory-subscriptions.ts';

export interface Tried extends OutgoingRequest {
  /** In ms since 1970. */
  at: number;
}

/** What a function that sends has for one call, less what is around a try. */
const CALL_MS = 115_000;
const SWEEP_MS = 60_000;

export const START = Date.parse('2026-08-19T10:00:00.000Z');

export const status = (code: number, headers: Record<string, string> = {}): OutgoingAnswer => ({
  status: code,
  headers,
  body: Buffer.alloc(0),
});

/** Streams, whoever sends them, and a receiver, on a clock that jumps from one thing to the next. `Date` follows it. */
export class WebhookWorld {
  readonly store = memoryDeliveryStore();
  readonly queue = memoryDeliveryQueue(this.store);
  readonly secrets = memorySecrets();
  readonly letters: FailedEvent[] = [];
  readonly subscriptions = memorySubscriptionStates();
  readonly subscriberLetters: FailedEvent[] = [];
  readonly tries: Tried[] = [];
  /** Kicks on their way, and when they arrive. */
  kicks: { stream: string; at: number }[] = [];
  delaysSeconds = [5, 60, 300, 1800, 7200];
  random = Math.random;
  /** What the receiver says to a try. */
  receive: (tried: Tried) => OutgoingAnswer | Promise<OutgoingAnswer> = () => status(200);
  #nextSweep = START + SWEEP_MS;

  constructor() {
    vi.useFakeTimers({ toFake: ['Date'], now: START });
  }

  /** A stream with so many messages, whose sender has kicked it. */
  async given(messages = 1) {
    const stream = newStream();
    const id = stream.stream;
    this.store.commit(this.store.open(stream));
    for (let seq = 1; seq <= messages; seq += 1) await this.tell(id, seq);
    return { id, stream, deliveries: async () => (await this.store.load(id))?.deliveries ?? [] };
  }

  async tell(stream: string, seq: number): Promise<void> {
    this.store.commit(this.store.add(newDelivery(stream, seq, new Date().toISOString())));
    await this.kick(stream);
  }

  kick = async (stream: string, delaySeconds = 0): Promise<void> => {
    this.kicks.push({ stream, at: Date.now() + delaySeconds * 1000 });
  };

  request: GuardedRequest = async (request) => {
    const tried = { ...request, at: Date.now() };
    this.tries.push(tried);
    return this.receive(tried);
  };

  ports(): StreamSenderPorts {
    return {
      queue: this.queue,
      secrets: this.secrets,
      send: webhookSender({ request: this.request, now: Date.now }),
      deadLetter: async (letter) => {
        this.letters.push(letter);
      },
      subscriptions: this.subscriptions,
      subscriberLetter: async (letter) => {
        this.subscriberLetters.push(letter);
      },
      kick: this.kick,
      schedule: { delaysSeconds: this.delaysSeconds, random: () => this.random() },
      now: Date.now,
    };
  }

  send(stream: string, forMs = CALL_MS): Promise<void> {
    return streamSender(this.ports())(stream, Date.now() + forMs);
  }

  /** Everything that comes within so long: kicks as they arrive, and a sweep each minute. */
  async play(ms: number): Promise<void> {
    const end = Date.now() + ms;
    for (let kick = this.#next(); kick.at <= end; kick = this.#next()) {
      vi.setSystemTime(Math.max(kick.at, Date.now()));
      if (kick.stream !== undefined) await this.send(kick.stream);
      else await sweepWebhooks({ due: this.queue.due, kick: this.kick }, new Date().toISOString());
    }
    vi.setSystemTime(Math.max(end, Date.now()));
  }

  /** Takes what comes first off the agenda. */
  #next(): { stream?: string; at: number } {
    this.kicks.sort((one, other) => one.at - other.at);
    const [first] = this.kicks;
    if (first !== undefined && first.at <= this.#nextSweep) {
      this.kicks.shift();
      return first;
    }
    const at = this.#nextSweep;
    this.#nextSweep += SWEEP_MS;
    return { at };
  }
}
