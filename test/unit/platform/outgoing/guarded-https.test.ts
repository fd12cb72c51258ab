import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { setDefaultCACertificates } from 'node:tls';
import { expect, it, onTestFinished, vi } from 'vitest';
import { guardedRequest } from '../../../../functions/shared/platform/outgoing/guarded-request.ts';
import { throwAwayCertificate } from '../../../support/outgoing/throw-away-certificate.ts';

/** Here loopback stands for the public world: for our own judgement, and for the agent's. */
vi.mock('../../../../functions/shared/platform/outgoing/public-address.ts', async (original) => ({
  ...(await original()),
  isPublic: (address: string) => address === '127.0.0.1',
}));
vi.mock('request-filtering-agent', async (original) => {
  const actual = await original<typeof import('request-filtering-agent')>();
  class Agent extends actual.RequestFilteringHttpsAgent {
    constructor(options: object) {
      super({ ...options, allowIPAddressList: ['127.0.0.1'] });
    }
  }
  return { ...actual, RequestFilteringHttpsAgent: Agent };
});

const certificate = throwAwayCertificate('service.example');

async function secureServer() {
  const seen: { name: unknown; host: string | undefined }[] = [];
  const server = createServer(certificate, ({ socket, headers }, response) => {
    seen.push({ name: (socket as TLSSocket).servername, host: headers.host });
    response.end('hello');
  });
  server.on('tlsClientError', () => {});
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(async () => {
    await once(server.close(), 'close');
  });
  return { port: (server.address() as AddressInfo).port, seen };
}

const resolve = vi.fn(async () => [{ address: '127.0.0.1', family: 4 }]);
const send = (url: string) =>
  guardedRequest({ plainHttpHosts: [], refused: [] }, resolve)({ method: 'GET', url, headers: {}, timeoutMs: 5000 });

it('https reaches the address that was judged, found once, under the name that was given', async () => {
  setDefaultCACertificates([certificate.cert]);
  const { port, seen } = await secureServer();
  expect(await send(`https://service.example:${port}/`)).toMatchObject({ status: 200, body: Buffer.from('hello') });
  expect(seen).toEqual([{ name: 'service.example', host: `service.example:${port}` }]);
  expect(resolve).toHaveBeenCalledExactlyOnceWith('service.example');
});

it('https tells nothing to a server with the certificate of another name', async () => {
  setDefaultCACertificates([certificate.cert]);
  const { port, seen } = await secureServer();
  await expect(send(`https://other.example:${port}/`)).rejects.toMatchObject({ reason: 'connection' });
  expect(seen).toEqual([]);
});

it('https tells nothing to a server that nobody vouches for', async () => {
  setDefaultCACertificates([]);
  const { port, seen } = await secureServer();
  await expect(send(`https://service.example:${port}/`)).rejects.toMatchObject({ reason: 'connection' });
  expect(seen).toEqual([]);
});
