import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { BreakerConfig } from '../../../contracts/breaker.ts';
import { breakerConfig } from '../../../contracts/breaker.ts';
import { METRICS } from '../../../contracts/metrics.ts';
import { AppError, isAppError, messageOf } from '../../kernel/errors.ts';
import { newLogger, newMetrics } from '../logger.ts';
import { metered } from '../metered.ts';
import type { BreakerRecord, Wish } from './breaker-record.ts';
import { admission, claimed, failed, holdsProbe, probeFailed, probeSucceeded, timestamp } from './breaker-record.ts';
import { Counts } from './call-counts.ts';
import type { Clock } from './clock.ts';
import { KnownServices } from './known-services.ts';
import { Patience } from './patience.ts';
import type { CallCounts, ServiceEntry, ServiceStore } from './service-store.ts';
import { Trials } from './trials.ts';

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

/** Whether a call may go, and by what name it tries where it is one that does. */
type Admitted = 'pass' | 'reject' | { by: string };

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
  readonly #meter: Meter;
  readonly #trials: Trials;

  constructor({ store, clock, instance, meter = asMetric }: BreakerPorts) {
    this.#services = new KnownServices(store, clock);
    this.#counts = new Counts(store, clock);
    this.#clock = clock;
    this.#trials = new Trials(instance);
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
      if (admitted !== 'pass') await this.#tried(call, { ...admitted, wentWell: true }, patience);
      const telling = this.#counts.add(call.service, 'success');
      if (telling !== undefined) await patience.wait(telling);
      return result;
    } catch (error) {
      await this.#failed(call, error, { admitted, patience });
      throw error;
    } finally {
      if (admitted !== 'pass') this.#trials.end(call.service);
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

  async #admit(call: ServiceCall, record: BreakerRecord, patience: Patience): Promise<Admitted> {
    const now = this.#clock.now();
    const by = this.#trials.next(call.service);
    if (by === undefined || admission(record, by, now) !== 'probe') return 'reject';
    const callMs = Math.min(call.timeoutMs, LONGEST_PROBE_MS);
    const stands = holdsProbe(record, by, now, callMs)
      ? record
      : await this.#claim(call, claimed(by, now, callMs), patience);
    if (stands?.state === 'closed') return 'pass';
    return stands?.probe?.by === by && this.#trials.begin(call.service, by) ? { by } : 'reject';
  }

  /** A store that is down cannot say who tries, so each environment does once a window. One that is slow may have said so already. */
  async #claim({ service, correlationId }: ServiceCall, claim: Wish, patience: Patience) {
    const since = this.#clock.now();
    const outcome = await this.#services.change(service, claim, correlationId, patience);
    if (outcome.kind === 'done') return outcome.value;
    return outcome.kind === 'failed' ? this.#services.pretend(service, claim, since) : undefined;
  }

  async #failed(
    call: ServiceCall,
    error: unknown,
    { admitted, patience }: { admitted: 'pass' | { by: string }; patience: Patience },
  ): Promise<void> {
    const isFailure = !isAppError(error) || error.retryable;
    const { correlationId } = call;
    logger.warn('A call failed', { operation: nameOf(call), correlationId, isFailure, reason: messageOf(error) });
    // A service that answers "no" is there: for whoever tried, that is all he wanted to know.
    if (admitted !== 'pass') await this.#tried(call, { ...admitted, wentWell: !isFailure }, patience);
    else if (isFailure) await this.#passedAndFailed(call, patience);
    await this.#count(call, 'error', patience);
  }

  async #tried(
    call: ServiceCall,
    { by, wentWell }: { by: string; wentWell: boolean },
    patience: Patience,
  ): Promise<void> {
    const wish = (wentWell ? probeSucceeded : probeFailed)(by, this.#clock.now(), this.#configOf(call));
    await this.#services.tell(call.service, { wish, alone: wish }, call.correlationId, patience);
  }

  /** Of failures that cannot be shared one is enough: others may have the same, and nobody knows how many they are. */
  async #passedAndFailed(call: ServiceCall, patience: Patience): Promise<void> {
    const now = this.#clock.now();
    const config = this.#configOf(call);
    const [wish, alone] = [failed(now, config), failed(now, { ...config, failureThreshold: 1 })];
    await this.#services.tell(call.service, { wish, alone }, call.correlationId, patience);
  }

  /** As it is known by now: the first read may have been late for the call. */
  #configOf({ service }: ServiceCall): BreakerConfig {
    return breakerConfig(service, this.#services.known(service).registration?.breaker);
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
  const details = { service, ...(retryAt !== undefined && { retryAt: timestamp(retryAt) }) };
  return new AppError('SERVICE_UNAVAILABLE', message, { details });
}
