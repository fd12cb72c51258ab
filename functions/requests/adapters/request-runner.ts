import { messageOf } from '../../shared/kernel/errors.ts';
import { newLogger } from '../../shared/platform/logger.ts';
import type { Kick } from '../../shared/platform/webhooks/delivery-store.ts';
import type { RequestRecord } from '../domain/request.ts';
import { LONGEST_DELAY_MS, nextStep } from '../domain/request.ts';
import type { RequestChange } from '../domain/request-changes.ts';
import { begun, cutOff } from '../domain/request-changes.ts';
import type { Clock } from './clock.ts';
import type { OrderTry } from './request-orders.ts';
import type { RequestStore } from './request-store.ts';
import type { PrepareTry } from './service-calls.ts';
import { outcomeOf } from './try-outcome.ts';

export interface RunnerPorts {
  requests: RequestStore;
  prepare: PrepareTry;
  order: OrderTry;
  kick: Kick;
  clock: Clock;
}

/**
 * Makes the tries of a request that begin before a moment, and leaves the others to the queue; without a moment, it makes one. Any
 * number may be at it at once: a try belongs to whoever has claimed it, and the others go.
 *
 * @param until in ms since 1970
 */
export type RunRequest = (requestId: string, until?: number) => Promise<void>;

const logger = newLogger();

export function requestRunner(ports: RunnerPorts): RunRequest {
  const { requests, order, clock } = ports;
  return async (requestId, until = 0) => {
    let record = await onTime(ports, requestId, until);
    while (record !== undefined) {
      const nextAt = Date.parse((await advance(ports, record))?.nextAt ?? '');
      if (Number.isNaN(nextAt)) return;
      if (nextAt >= until) return order(requestId, nextAt - clock.now());
      await sleepUntil(clock, nextAt);
      record = await requests.find(requestId);
    }
  };
}

/** The order of a try may come before its time: then it waits, unless that is longer than any try waits for the next. */
async function onTime({ requests, clock }: RunnerPorts, requestId: string, until: number) {
  const record = await requests.find(requestId);
  if (record?.nextAt === undefined) return record;
  const nextAt = Date.parse(record.nextAt);
  const now = clock.now();
  if (nextAt <= now) return record;
  if (nextAt > Math.max(until, now + LONGEST_DELAY_MS)) return undefined;
  await sleepUntil(clock, nextAt);
  return requests.find(requestId);
}

/** A timer may ring a moment early. */
async function sleepUntil(clock: Clock, at: number): Promise<void> {
  for (let ms = at - clock.now(); ms > 0; ms = at - clock.now()) await clock.sleep(ms);
}

/** Does what is to be done now, and gives the request as it is then; `undefined` where somebody else has it in hand. */
async function advance(ports: RunnerPorts, record: RequestRecord): Promise<RequestRecord | undefined> {
  const now = ports.clock.now();
  const { kind } = nextStep(record, now);
  if (kind === 'try') return makeTry(ports, record);
  return kind === 'cut-off' ? end(ports, cutOff(record, now)) : undefined;
}

async function makeTry(ports: RunnerPorts, record: RequestRecord): Promise<RequestRecord | undefined> {
  const { requests, prepare, clock } = ports;
  const [attempt, payload] = await Promise.all([prepare(record), requests.payload(record.requestId)]);
  // It has ended by now.
  if (payload === undefined) return undefined;
  const claim = begun(record, clock.now());
  if (!(await requests.save(claim))) return undefined;
  const told = tell(ports, claim);
  const outcome = await outcomeOf(() => attempt(payload.value), claim.next, clock);
  try {
    return await end(ports, outcome);
  } finally {
    await told;
  }
}

/** The end of a try, and of its request perhaps. It comes too late where another has begun: then that one's counts. */
async function end(ports: RunnerPorts, outcome: RequestChange): Promise<RequestRecord | undefined> {
  const { requestId, status, attempts, correlationId } = outcome.next;
  const isKept = await saved(ports, outcome);
  logger.info(isKept ? 'A try ended' : 'A try ended too late', { requestId, status, attempts, correlationId });
  if (!isKept) return undefined;
  await tell(ports, outcome);
  return outcome.next;
}

/** Between two tries to write down an outcome, at most. */
const LONGEST_PAUSE_MS = 2000;

/** An outcome in hand is worth patience with the table while its try's claim lasts: without it the service would do its work again. */
async function saved({ requests, clock }: RunnerPorts, outcome: RequestChange): Promise<boolean> {
  const until = Date.parse(outcome.before.running ?? outcome.before.createdAt);
  for (let pause = 100; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    try {
      return await requests.save(outcome);
    } catch (error) {
      if (clock.now() + pause >= until) throw error;
      logger.warn('An outcome waits for its table', { requestId: outcome.next.requestId, reason: messageOf(error) });
    }
    await clock.sleep(pause);
  }
}

/** Never rejects: what is to be sent is kept already. */
async function tell({ kick }: RunnerPorts, { next, message }: RequestChange): Promise<void> {
  if (next.callbackUrl === undefined || message === undefined) return;
  const { requestId, correlationId } = next;
  await kick(requestId).catch((error: unknown) => {
    logger.warn('A callback waits for the sweep', { requestId, correlationId, reason: messageOf(error) });
  });
}
