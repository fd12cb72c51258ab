import { once } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Answered {
  status: number;
  body: unknown;
}

/** A service, and a receiver of callbacks, on loopback. */
export async function loopbackServer(answer: (incoming: IncomingMessage) => Promise<Answered>) {
  const server: Server = createServer(async (incoming, response) => {
    const { status, body } = await answer(incoming);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
