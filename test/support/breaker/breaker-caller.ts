import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAppError } from '../../../functions/shared/kernel/errors.ts';
import { ownBreaker, ownServiceStore } from '../../../functions/shared/platform/breaker/own-breaker.ts';
import { dynamoClient } from '../../../functions/shared/platform/dynamo-client.ts';

/** What an environment is to do: call a service through its breaker, one call after the other. Times in ms. */
export interface CallerEvent {
  service: string;
  /** Whether the service is well. */
  isWell: boolean;
  /** When all environments begin, since 1970: whoever was started earlier waits, so that each is a process of its own. */
  startAt: number;
  /** For how long, at least one call each. */
  forMs: number;
  gapMs: number;
  /** How long the service takes. */
  callMs: number;
}

/** What came of it. Times in ms since 1970. */
export interface CallerReport {
  environment: string;
  /** Calls that came to the service. */
  reached: { at: number; until: number }[];
  refused: number;
}

const environment = randomUUID();
const breaker = ownBreaker(ownServiceStore(dynamoClient()));

export async function handler(event: CallerEvent): Promise<CallerReport> {
  const report: CallerReport = { environment, reached: [], refused: 0 };
  await sleep(Math.max(0, event.startAt - Date.now()));
  const end = Date.now() + event.forMs;
  do {
    await call(event, report);
    await sleep(event.gapMs);
  } while (Date.now() < end);
  return report;
}

async function call({ service, isWell, callMs }: CallerEvent, report: CallerReport): Promise<void> {
  const request = { service, operation: 'work', timeoutMs: 5000, correlationId: `corr_${environment}` };
  try {
    await breaker.call(request, async () => {
      const at = Date.now();
      await sleep(callMs);
      report.reached.push({ at, until: Date.now() });
      if (!isWell) throw new Error('The service is down.');
    });
  } catch (error) {
    if (isAppError(error) && error.code === 'SERVICE_UNAVAILABLE') report.refused += 1;
  }
}
