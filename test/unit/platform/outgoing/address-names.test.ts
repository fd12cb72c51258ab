import type { LookupAddress } from 'node:dns';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ENV } from '../../../../functions/contracts/env.ts';
import { addressFaults, addressRules } from '../../../../functions/shared/platform/outgoing/address-rules.ts';

const LOCAL = { plainHttpHosts: ['127.0.0.1'], refused: ['http://localhost:4566'] };
const CLOUD = { plainHttpHosts: [], refused: [] };
const PRIVATE = 'must not lead to a private address';

const leadingTo = (...addresses: string[]) =>
  vi.fn(
    async (_hostname: string): Promise<LookupAddress[]> =>
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
  );

async function messageOf(text: string, rules = LOCAL, resolve = leadingTo('93.184.216.34')) {
  const [fault] = await addressFaults(text, 'endpoint', rules, resolve);
  return fault?.message;
}

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

describe('a name', () => {
  it('is looked for once, and may lead to no private address: `refused-addresses.test.ts`', async () => {
    const resolve = leadingTo('10.1.2.3');
    expect(await messageOf('https://service.example/', LOCAL, resolve)).toBe(PRIVATE);
    expect(resolve).toHaveBeenCalledExactlyOnceWith('service.example');
  });

  it('may lead to several public addresses', async () => {
    expect(await messageOf('https://service.example/', CLOUD, leadingTo('8.8.8.8', '2606:4700::1111'))).toBeUndefined();
  });

  it('leads to the public world even where it may be called over plain http', async () => {
    const rules = { plainHttpHosts: ['service.example'], refused: [] };
    expect(await messageOf('http://service.example/', rules)).toBeUndefined();
    expect(await messageOf('http://service.example/', rules, leadingTo('127.0.0.1'))).toBe(PRIVATE);
  });

  it('must be one that is found', async () => {
    const message = 'must name a host that can be found';
    expect(await messageOf('https://service.example/', CLOUD, leadingTo())).toBe(message);
    const unknown = vi.fn(() => Promise.reject(new Error('getaddrinfo ENOTFOUND service.example')));
    expect(await messageOf('https://service.example/', CLOUD, unknown)).toBe(message);
  });

  it('is looked for 5 s, and then counts as one that is not found', async () => {
    vi.useFakeTimers();
    const endless = vi.fn(() => new Promise<never>(() => {}));
    const asked = messageOf('https://service.example/', CLOUD, endless);
    await vi.advanceTimersByTimeAsync(4999);
    expect(await Promise.race([asked, 'still waiting'])).toBe('still waiting');
    await vi.advanceTimersByTimeAsync(1);
    expect(await asked).toBe('must name a host that can be found');
    expect(endless).toHaveBeenCalledOnce();
  });

  it('that is found leaves no timer behind', async () => {
    vi.useFakeTimers();
    await messageOf('https://service.example/');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is not looked for where the text tells enough', async () => {
    const resolve = leadingTo('93.184.216.34');
    for (const text of ['http://service.example/', 'https://8.8.8.8/', 'http://127.0.0.1/'])
      await messageOf(text, LOCAL, resolve);
    expect(resolve).not.toHaveBeenCalled();
  });
});

describe('the cloud that we run on', () => {
  it.each(['http://127.0.0.1:4566/', 'http://127.0.0.1:04566', 'http://127.0.0.1:4566/a/b'])(
    'may not be called: %s',
    async (text) => {
      expect(await messageOf(text)).toBe('must not lead to the cloud itself');
    },
  );

  it.each([
    'https://cloud.example',
    'https://CLOUD.example./',
    'https://cloud.example:443/a',
    'https://cloud.example:0443/',
  ])('may not be called by name: %s', async (text) => {
    const rules = { plainHttpHosts: [], refused: ['https://cloud.example'] };
    expect(await messageOf(text, rules)).toBe('must not lead to the cloud itself');
    expect(await messageOf('https://cloud.example:444/', rules)).toBeUndefined();
  });
});

describe('the rules of an environment', () => {
  beforeEach(() => {
    for (const name of Object.keys(process.env)) if (name.startsWith('AWS_ENDPOINT_URL')) vi.stubEnv(name, '');
  });

  it('are the hosts of its configuration and the endpoints of its AWS clients', () => {
    vi.stubEnv(ENV.plainHttpHosts, '127.0.0.1');
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:4566');
    vi.stubEnv('AWS_ENDPOINT_URL_S3', 'http://127.0.0.1:4566/');
    vi.stubEnv('AWS_ENDPOINT_URL_SQS', 'https://queues.example/path');
    const refused = ['http://127.0.0.1:4566', 'https://queues.example'];
    expect(addressRules()).toEqual({ plainHttpHosts: ['127.0.0.1'], refused });
  });

  it('are none where nothing is configured', () => {
    vi.stubEnv(ENV.plainHttpHosts, '');
    vi.stubEnv('AWS_ENDPOINT_URL', '');
    expect(addressRules()).toEqual({ plainHttpHosts: [], refused: [] });
  });
});
