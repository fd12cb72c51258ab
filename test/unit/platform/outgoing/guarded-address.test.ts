import type { LookupAddress } from 'node:dns';
import { describe, expect, it, vi } from 'vitest';
import type { AddressRules } from '../../../../functions/shared/platform/outgoing/address-rules.ts';
import { addressFaults } from '../../../../functions/shared/platform/outgoing/address-rules.ts';
import { guardedRequest, RequestFailed } from '../../../../functions/shared/platform/outgoing/guarded-request.ts';
import type { Resolve } from '../../../../functions/shared/platform/outgoing/public-address.ts';
import { echo, faultServer } from '../../../support/outgoing/fault-server.ts';

const LOCAL: AddressRules = { plainHttpHosts: ['127.0.0.1'], refused: [] };
const PUBLIC: LookupAddress = { address: '93.184.216.34', family: 4 };
const LOOPBACK: LookupAddress = { address: '127.0.0.1', family: 4 };

async function reasonOf(url: string, { rules = LOCAL, resolve }: { rules?: AddressRules; resolve?: Resolve } = {}) {
  const call = guardedRequest(rules, resolve)({ method: 'POST', url, headers: {}, body: '{}', timeoutMs: 300 });
  const error = await call.catch((thrown: unknown) => thrown);
  if (!(error instanceof RequestFailed)) throw new Error('The call went out.', { cause: error });
  return error.reason;
}

/** Every form of an address: `refused-addresses.test.ts`. */
describe('no connection is made', () => {
  it('save to the very host that the rules name', async () => {
    const { origin, port, accepted } = await faultServer(echo);
    const request = { method: 'GET' as const, headers: {}, timeoutMs: 5000 };
    expect(await guardedRequest(LOCAL)({ ...request, url: origin })).toMatchObject({ status: 200 });
    expect(accepted()).toBe(1);
    expect(await reasonOf(origin, { rules: { plainHttpHosts: [], refused: [] } })).toBe('address');
    expect(await reasonOf(origin, { rules: { ...LOCAL, refused: [`http://localhost:${port}`] } })).toBe('address');
    expect(accepted()).toBe(1);
  });

  it('by a name that the rules let be called over plain http', async () => {
    const { port, accepted } = await faultServer(echo);
    const rules = { plainHttpHosts: ['service.example'], refused: [] };
    expect(await reasonOf(`http://service.example:${port}/`, { rules, resolve: async () => [LOOPBACK] })).toBe(
      'address',
    );
    expect(accepted()).toBe(0);
  });

  it('by a name that led to a public address when it was registered, and leads to loopback now', async () => {
    const { port, accepted } = await faultServer(echo);
    const url = `https://service.example:${port}/`;
    const resolve = vi.fn<Resolve>().mockResolvedValueOnce([PUBLIC]).mockResolvedValue([LOOPBACK]);
    expect(await addressFaults(url, 'endpoint', LOCAL, resolve)).toEqual([]);
    expect(await reasonOf(url, { resolve })).toBe('address');
    expect(resolve).toHaveBeenCalledTimes(2);
    expect(accepted()).toBe(0);
  });
});

describe('a name', () => {
  it('that nobody knows brings no connection', async () => {
    const unknown = async () => Promise.reject(new Error('getaddrinfo ENOTFOUND service.example'));
    for (const resolve of [unknown, async () => []])
      expect(await reasonOf('https://service.example/', { resolve })).toBe('connection');
  });

  it('that is looked for without an end is given up at the deadline', async () => {
    const resolve = vi.fn(() => new Promise<never>(() => {}));
    expect(await reasonOf('https://service.example/', { resolve })).toBe('timeout');
    expect(resolve).toHaveBeenCalledOnce();
  });
});
