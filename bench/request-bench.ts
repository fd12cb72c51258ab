import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type { BenchApi } from './bench-api.ts';
import { call } from './bench-api.ts';
import { loopbackServer } from './loopback-server.ts';

export interface RequestFigures {
  requests: number;
  /** Requests whose last callback came, a second, from the first submission to the last callback. */
  perSecond: number;
  /** From a request's acceptance to the arrival of its `completed`, in ms. */
  p50: number;
  p95: number;
}

const SERVICE = 'bench-echo';
const AT_ONCE = 20;
const LIMIT_MS = 180_000;
const Accepted = z.object({ data: z.object({ requestId: z.string() }) });
const Callback = z.object({ requestId: z.string(), status: z.string() });

/** Asynchronous requests to a service that answers at once, each with a callback, all beside each other. */
export async function benchRequests(api: BenchApi, requests: number): Promise<RequestFigures> {
  const completed = new Map<string, number>();
  await using loopback = await loopbackServer(async (incoming) => {
    const body = await json(incoming);
    const callback = Callback.safeParse(body);
    if (callback.data?.status === 'completed') completed.set(callback.data.requestId, performance.now());
    return { status: 200, body };
  });
  await call(api, 'PUT', `/services/${SERVICE}`, { endpoint: loopback.origin });
  const accepted = new Map<string, number>();
  const began = performance.now();
  let left = requests;
  const submit = async () => {
    while (left > 0) {
      left -= 1;
      const body = { service: SERVICE, operation: 'echo', payload: {}, callbackUrl: `${loopback.origin}/callback` };
      const { data } = Accepted.parse(await call(api, 'POST', '/requests', body));
      accepted.set(data.requestId, performance.now());
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, submit));
  while (completed.size < requests) {
    if (performance.now() - began > LIMIT_MS) throw new Error(`Only ${completed.size} of ${requests} came back.`);
    await sleep(20);
  }
  await call(api, 'DELETE', `/services/${SERVICE}`);
  const times = [...accepted].map(([id, at]) => Math.max(0, (completed.get(id) ?? 0) - at));
  return { requests, perSecond: requests / ((Math.max(...completed.values()) - began) / 1000), ...quantiles(times) };
}

/** The nearest-rank quantiles of what was measured. */
export function quantiles(times: readonly number[]): { p50: number; p95: number } {
  const sorted = times.toSorted((one, other) => one - other);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  return { p50: at(0.5), p95: at(0.95) };
}
