import type { Clock } from '../../../functions/requests/adapters/clock.ts';
import type { RunnerPorts } from '../../../functions/requests/adapters/request-runner.ts';
import { requestRunner } from '../../../functions/requests/adapters/request-runner.ts';
import { sweepRequests } from '../../../functions/requests/adapters/request-sweep.ts';
import type { Try } from '../../../functions/requests/adapters/service-calls.ts';
import { hasEnded } from '../../../functions/requests/domain/request.ts';
import { AppError } from '../../../functions/shared/kernel/errors.ts';
import { VirtualClock } from '../delivery/virtual-clock.ts';
import { Died } from '../faults.ts';
import { memoryDeliveryStore } from '../webhooks/memory-delivery-store.ts';
import { memoryRequestStore } from './memory-request-store.ts';
import { sampleRequest } from './request-samples.ts';

/** A try as the service has seen it; `to` is missing while it is at work. */
interface SeenTry {
  requestId: string;
  from: number;
  to?: number;
}

/** What the service does with its n-th try: after so many ms it gives a value or throws. */
export type Plan = (tried: number) => { ms?: number; give?: unknown; fail?: AppError };

export const failing = (retryable: boolean): AppError =>
  new AppError('SERVICE_ERROR', 'It failed.', { retryable, details: { service: 'billing', httpStatus: 500 } });

const SWEEP_MS = 60_000;
/** Longer than all that any sample can take. */
const WORLD_MS = 4 * 3_600_000;

/** The queue of tries, its workers, the sweep of each minute, and a service, on a clock that is played. */
export class RequestWorld {
  readonly time = new VirtualClock();
  readonly clock: Clock = { now: () => this.time.now, sleep: (ms) => this.time.sleep(ms) };
  readonly deliveries = memoryDeliveryStore(() => this.time.now);
  readonly requests = memoryRequestStore(this.deliveries);
  readonly tries: SeenTry[] = [];
  readonly kicks: string[] = [];
  readonly orders: number[] = [];
  plan: Plan = () => ({});
  /** How the next worker's ports are broken. */
  breaks: (ports: RunnerPorts) => RunnerPorts = (ports) => ports;
  /** How often the queue gives each message. */
  copies = 1;
  died = 0;

  ports(): RunnerPorts {
    return {
      requests: this.requests,
      prepare: async ({ requestId }) => this.#try(requestId),
      order: async (requestId, delayMs = 0) => {
        this.orders.push(this.time.now);
        for (let copy = 0; copy < this.copies; copy += 1)
          this.time.in(Math.ceil(delayMs / 1000) * 1000, () => void this.work(requestId));
      },
      kick: async (stream) => {
        this.kicks.push(stream);
      },
      clock: this.clock,
    };
  }

  /** One worker, by the queue or for somebody who waits. A death is his own. */
  async work(requestId: string, until?: number): Promise<void> {
    const run = requestRunner(this.breaks(this.ports()));
    try {
      await run(requestId, until);
    } catch (error) {
      if (!(error instanceof Died)) throw error;
      this.died += 1;
    }
  }

  /** One worker, as soon as time passes. */
  start(requestId: string, until?: number): void {
    this.time.in(0, () => void this.work(requestId, until));
  }

  async created(fields: Parameters<typeof sampleRequest>[0] = {}): Promise<string> {
    const request = sampleRequest({ createdAt: new Date(this.time.now).toISOString(), ...fields });
    await this.requests.create(request, { of: request.requestId });
    return request.requestId;
  }

  /** A sweep each minute until everything has ended. */
  async settle(): Promise<void> {
    const end = this.time.now + WORLD_MS;
    while (this.time.now < end && !this.requests.all().every(hasEnded)) {
      await this.time.run(SWEEP_MS);
      await sweepRequests({ due: this.requests.due, order: this.ports().order, clock: this.clock });
    }
    await this.time.run(SWEEP_MS);
  }

  bodies(requestId: string): { status: string }[] {
    const row = this.deliveries.streams.get(requestId);
    return [...(row?.deliveries.values() ?? [])].map(({ body }) => JSON.parse(body));
  }

  #try(requestId: string): Try {
    return async () => {
      const seen: SeenTry = { requestId, from: this.time.now };
      this.tries.push(seen);
      const { ms = 10, give = { booked: true }, fail } = this.plan(this.tries.length);
      await this.time.sleep(ms);
      seen.to = this.time.now;
      if (fail !== undefined) throw fail;
      return give;
    };
  }
}

/** The times between the ends of tries and the beginnings of the next ones, in ms. */
export function pauses(tries: readonly SeenTry[]): number[] {
  return tries.slice(1).map(({ from }, index) => from - (tries[index]?.to ?? Number.NaN));
}
