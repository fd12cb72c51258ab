import type { Breaker, ServiceHealth } from '../../../functions/contracts/api/service.ts';
import { waitFor } from '../../../local/process/waiting.ts';
import type { ApiClient } from './api-client.ts';
import { dataOf } from './api-client.ts';

/** What is set by hand holds for every call that starts so long after the answer (api.md). */
const SETTLED_MS = 2000;

export function breakerOf(api: ApiClient, service: string): Promise<Breaker> {
  return api.data<Breaker>(`/services/${service}/breaker`);
}

export function healthOf(api: ApiClient, service: string): Promise<ServiceHealth> {
  return api.data<ServiceHealth>(`/services/${service}/health`);
}

/** Sets a breaker by hand, and waits until that holds everywhere. */
export async function setBreaker(api: ApiClient, service: string, state: 'open' | 'closed'): Promise<Breaker> {
  const reply = await api.post(`/services/${service}/breaker`, { state, reason: `A test wants it ${state}.` });
  const breaker = dataOf<Breaker>(reply);
  await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
  return breaker;
}

/** The breaker, once it is as it should be. */
export async function untilBreaker(
  api: ApiClient,
  service: string,
  isThere: (breaker: Breaker) => boolean,
  limitMs: number,
): Promise<Breaker> {
  let seen: Breaker | undefined;
  const look = async () => {
    seen = await breakerOf(api, service);
    return isThere(seen) ? seen : undefined;
  };
  const breaker = await waitFor(look, { everyMs: 500, limitMs });
  if (breaker === undefined) throw new Error(`${service}: ${JSON.stringify(seen)} after ${limitMs / 1000} s.`);
  return breaker;
}
