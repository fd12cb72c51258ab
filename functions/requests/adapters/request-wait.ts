import { messageOf } from '../../shared/kernel/errors.ts';
import { newLogger } from '../../shared/platform/logger.ts';
import type { RequestRecord } from '../domain/request.ts';
import { restsUntil } from '../domain/request.ts';
import type { Clock } from './clock.ts';
import type { OrderTry } from './request-orders.ts';
import type { RequestStore } from './request-store.ts';
import type { InvokeRunner } from './runner-invoke.ts';

export interface WaitPorts {
  requests: RequestStore;
  invoke: InvokeRunner;
  order: OrderTry;
  clock: Clock;
}

/** Between two looks at a request that somebody else makes the tries of. */
const LOOK_MS = 250;

const logger = newLogger();

/**
 * Has a request's tries made, and waits for its end, or until nothing more happens to it before that moment. Whoever makes a try then
 * goes on with it.
 *
 * @param until in ms since 1970
 * @returns the request as it stands then
 */
export async function waitForEnd(ports: WaitPorts, request: RequestRecord, until: number): Promise<RequestRecord> {
  const { requests, clock } = ports;
  if (restsUntil(request, until)) return request;
  await Promise.race([made(ports, request, until), clock.sleep(Math.max(0, until - clock.now()))]);
  for (;;) {
    const found = (await seen(requests, request)) ?? request;
    const left = until - clock.now();
    if (left <= 0 || restsUntil(found, until)) return found;
    await clock.sleep(Math.min(LOOK_MS, left));
  }
}

/** Never rejects: a request that is kept is answered for, if not by its outcome. */
async function seen(requests: RequestStore, { requestId, correlationId }: RequestRecord) {
  return requests.find(requestId).catch((error: unknown) => {
    logger.warn('A request could not be looked at', { requestId, correlationId, reason: messageOf(error) });
    return undefined;
  });
}

/** Never rejects: where the runner failed, the queue has the request go on. */
async function made({ invoke, ...ports }: WaitPorts, request: RequestRecord, until: number): Promise<void> {
  const { requestId, correlationId } = request;
  try {
    await invoke({ requestId, until });
  } catch (error) {
    logger.error('The runner failed', { requestId, correlationId, reason: messageOf(error) });
    await orderNow(ports, request);
  }
}

/** Never rejects: an order that is lost is made up for by the sweep. */
export async function orderNow({ order }: Pick<WaitPorts, 'order'>, request: RequestRecord): Promise<void> {
  const { requestId, correlationId } = request;
  await order(requestId).catch((error: unknown) => {
    logger.warn('A request waits for the sweep', { requestId, correlationId, reason: messageOf(error) });
  });
}
