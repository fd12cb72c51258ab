import { randomUUID } from 'node:crypto';
import type { Service } from '../../../functions/contracts/api/service.ts';
import type { Behaviour, FaultServer, Until } from '../outgoing/fault-server.ts';
import { faultServer } from '../outgoing/fault-server.ts';
import type { ApiClient } from './api-client.ts';
import { dataOf } from './api-client.ts';

/** An HTTP service of a test's own, registered under a name that no other test has. It lives as long as the test. */
export interface TestService extends FaultServer {
  name: string;
  /** What it does with each call from now on. */
  behave(behaviour: Behaviour): void;
}

export async function testService(
  api: ApiClient,
  behaviour: Behaviour,
  settings: { breaker?: Partial<Service['breaker']>; path?: string; until?: Until } = {},
): Promise<TestService> {
  let now = behaviour;
  const { breaker, path = '', until } = settings;
  const server = await faultServer((response, request) => now(response, request), until ? { until } : {});
  const name = `test-${randomUUID()}`;
  dataOf(await api.put(`/services/${name}`, { endpoint: `${server.origin}${path}`, ...(breaker && { breaker }) }));
  return {
    ...server,
    name,
    behave(next) {
      now = next;
    },
  };
}
