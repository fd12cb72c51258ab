import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { BreakerConfig } from '../../../contracts/breaker.ts';
import { breakerConfig } from '../../../contracts/breaker.ts';
import { METRICS } from '../../../contracts/metrics.ts';
import { AppError, isAppError, messageOf } from '../../kernel/errors.ts';
import { newLogger, newMetrics } from '../logger.ts';
import { metered } from '../metered.ts';
import type { BreakerRecord } from './breaker-record.ts';
import { admission, claimed, failed, holdsProbe, probeFailed, probeSucceeded } from './breaker-record.ts';
import { Counts } from './call-counts.ts';
import type { Clock } from './clock.ts';
import { KnownServices } from './known-services.ts';
import { Patience } from './patience.ts';
import type { CallCounts, ServiceEntry, ServiceStore } from './service-store.ts';

/** What all questions to the store may cost one call together. */
const STORE_MS = 50;

/** Nobody holds the right to try for longer, however long his call may take. */
const LONGEST_PROBE_MS = 30_000;

export interface ServiceCall {
  service: string;
  operation: string;
  /** How long the call may take at most, in ms. */
  timeoutMs: number;
  correlationId: string;
}

/** All that most callers need of a breaker. */
export type Guard = Pick<CircuitBreaker, 'call'>;

export interface BreakerPorts {
  store: ServiceStore;
  clock: Clock;
  /** This environment, among all that share the breakers. */
  instance: string;
  /** Tells how long each call took and whether it failed (seed: metricsCollector); by itself as a metric. */
  meter?: Meter;
}

type Meter = <Result>(call: ServiceCall, run: () => Promise<Result>) => Promise<Result>;

const logger = newLogger();

const asMetric: Meter = (call, run) => metered({ operation: nameOf(call) }, run);

/**
 * The one breaker before every call that is made of a service (seed: ServiceCircuitBreaker). All environments share its state, which
 * each of them reads through a short memory; a call that goes well writes nothing. While the store is out of reach each environment
 * goes on with what it knows, and opens for itself at its first failure.
 */
export class CircuitBreaker {
  readonly #services: KnownServices;
  readonly #counts: Counts;
  readonly #clock: Clock;
  readonly #instance: string;
  readonly #meter: Meter;
  /** Services that a call of this environment tries right now. */
  readonly #probing = new Set<string>();

  constructor({ store, clock, instance, meter = asMetric }: BreakerPorts) {
    this.#services = new KnownServices(store, clock);
    this.#counts = new Counts(store, clock);
    this.#clock = clock;
    this.#instance = instance;
    this.#meter = meter;
  }

  /**
   * Runs a call unless the service's breaker is open. An error that is not retryable is the service's answer, and none of its failures.
   *
   * @throws SERVICE_UNAVAILABLE where the breaker refuses the call
   */
  async call<Result>(call: ServiceCall, run: (entry: ServiceEntry) => Promise<Result>): Promise<Result> {
    const patience = new Patience(this.#clock, STORE_MS);
    const entry = this.#services.fresh(call.service) ?? (await this.#services.entry(call.service, patience));
    const admitted = entry.breaker.state === 'closed' ? 'pass' : await this.#admit(call, entry.breaker, patience);
    if (admitted === 'reject') throw await this.#refuse(call, patience);
    try {
      const result = await this.#meter(call, () => run(entry));
      if (admitted === 'probe') await this.#probed(call, { wentWell: true, entry }, patience);
      const telling = this.#counts.add(call.service, 'success');
      if (telling !== undefined) await patience.wait(telling);
      return result;
    } catch (error) {
      await this.#failed(call, error, { admitted, entry, patience });
      throw error;
    } finally {
      if (admitted === 'probe') this.#probing.delete(call.service);
    }
  }

  /**
   * @throws SERVICE_UNAVAILABLE while calls of the service are refused and it is not yet time to try again
   */
  async assertAvailable(service: string): Promise<void> {
    const { breaker } = await this.entry(service);
    const { state, retryAt = Number.POSITIVE_INFINITY } = breaker;
    if (state === 'open' && retryAt > this.#clock.now()) throw unavailable(service, breaker);
  }

  /** What is known of a service, for whoever has to have it: patient, as nothing can be done without. */
  entry(service: string): Promise<ServiceEntry & { isKnown: boolean }> {
    return this.#services.entry(service, new Patience(this.#clock, 1000));
  }

  async #admit(call: ServiceCall, record: BreakerRecord, patience: Patience): Promise<'pass' | 'probe' | 'reject'> {
    const now = this.#clock.now();
    const isOurTurn = admission(record, this.#instance, now) === 'probe';
    if (!isOurTurn || this.#probing.has(call.service)) return 'reject';
    const callMs = Math.min(call.timeoutMs, LONGEST_PROBE_MS);
    const stands = holdsProbe(record, this.#instance, now, callMs) ? record : await this.#claim(call, callMs, patience);
    if (stands?.state === 'closed') return 'pass';
    if (stands?.probe?.by !== this.#instance || this.#probing.has(call.service)) return 'reject';
    this.#probing.add(call.service);
    return 'probe';
  }

  /** A store that is down cannot say who tries, so each environment does once a window. One that is slow may have said so already. */
  async #claim({ service, correlationId }: ServiceCall, callMs: number, patience: Patience) {
    const since = this.#clock.now();
    const claim = claimed(this.#instance, since, callMs);
    const outcome = await this.#services.change(service, claim, correlationId, patience);
    if (outcome.kind === 'done') return outcome.value;
    return outcome.kind === 'failed' ? this.#services.pretend(service, claim, since) : undefined;
  }

  async #failed(
    call: ServiceCall,
    error: unknown,
    { admitted, entry, patience }: { admitted: 'pass' | 'probe'; entry: ServiceEntry; patience: Patience },
  ): Promise<void> {
    const isFailure = !isAppError(error) || error.retryable;
    logger.warn('A call failed', { operation: nameOf(call), isFailure, reason: messageOf(error) });
    // A service that answers "no" is there: for whoever tried, that is all he wanted to know.
    if (admitted === 'probe') await this.#probed(call, { wentWell: !isFailure, entry }, patience);
    else if (isFailure) await this.#passedAndFailed(call, entry, patience);
    await this.#count(call, 'error', patience);
  }

  async #probed(
    call: ServiceCall,
    { wentWell, entry }: { wentWell: boolean; entry: ServiceEntry },
    patience: Patience,
  ): Promise<void> {
    const wish = (wentWell ? probeSucceeded : probeFailed)(this.#instance, this.#clock.now(), configOf(call, entry));
    await this.#services.tell(call.service, { wish, alone: wish }, call.correlationId, patience);
  }

  /** Of failures that cannot be shared one is enough: others may have the same, and nobody knows how many they are. */
  async #passedAndFailed(call: ServiceCall, entry: ServiceEntry, patience: Patience): Promise<void> {
    const now = this.#clock.now();
    const config = configOf(call, entry);
    const [wish, alone] = [failed(now, config), failed(now, { ...config, failureThreshold: 1 })];
    await this.#services.tell(call.service, { wish, alone }, call.correlationId, patience);
  }

  async #count({ service }: ServiceCall, kind: keyof CallCounts, patience: Patience): Promise<void> {
    const telling = this.#counts.add(service, kind);
    if (telling !== undefined) await patience.wait(telling);
  }

  async #refuse(call: ServiceCall, patience: Patience): Promise<AppError> {
    const metrics = newMetrics({ operation: nameOf(call) });
    metrics.addMetric(METRICS.rejected, MetricUnit.Count, 1);
    metrics.publishStoredMetrics();
    await this.#count(call, 'rejected', patience);
    const { breaker } = await this.#services.entry(call.service, patience);
    return unavailable(call.service, breaker);
  }
}

function configOf({ service }: ServiceCall, { registration }: ServiceEntry): BreakerConfig {
  return breakerConfig(service, registration?.breaker);
}

function nameOf({ service, operation }: ServiceCall): string {
  return `${service}.${operation}`;
}

/** Whether it was the breaker of that service that refused, and not the service itself, or another that it called. */
export function isBreakerRefusal(error: unknown, service: string): boolean {
  if (!isAppError(error) || error.code !== 'SERVICE_UNAVAILABLE' || error.details === undefined) return false;
  return 'service' in error.details && error.details.service === service;
}

function unavailable(service: string, { retryAt }: BreakerRecord): AppError {
  const message = `${service} is unavailable: its circuit breaker is open.`;
  const details = { service, ...(retryAt !== undefined && { retryAt: new Date(retryAt).toISOString() }) };
  return new AppError('SERVICE_UNAVAILABLE', message, { details });
}
