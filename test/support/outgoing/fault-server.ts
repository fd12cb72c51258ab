import { once } from 'node:events';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

export interface Received {
  method: string | undefined;
  url: string | undefined;
  headers: IncomingHttpHeaders;
  body: string;
}

/** What a server does with a request that has come in whole. */
export type Behaviour = (response: ServerResponse, request: Received) => void;

export interface FaultServer {
  /** `http://127.0.0.1:<port>` */
  origin: string;
  port: number;
  /** Connections so far: zero proves that nobody came near. */
  accepted(): number;
  /** Connections that are still there. */
  open(): number;
  requests: Received[];
}

/** When a server ends. In tests that run beside each other only the file's own end can be told. */
export type Until = (end: () => Promise<void>) => void;

/** A server on loopback that behaves as told until the test is over. */
export async function faultServer(
  behaviour: Behaviour,
  at: { host?: string; port?: number; until?: Until } = {},
): Promise<FaultServer> {
  const requests: Received[] = [];
  const open = new Set<Socket>();
  let accepted = 0;
  const server = createServer(async (incoming, response) => {
    const { method, url, headers } = incoming;
    const request = { method, url, headers, body: await text(incoming) };
    requests.push(request);
    behaviour(response, request);
  });
  server.on('connection', (socket) => {
    accepted += 1;
    open.add(socket);
    socket.on('error', () => {}).on('close', () => open.delete(socket));
  });
  await once(server.listen(at.port ?? 0, at.host ?? '127.0.0.1'), 'listening');
  const { until = onTestFinished } = at;
  until(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, port, accepted: () => accepted, open: () => open.size, requests };
}

/** A port of loopback where nobody listens. */
export async function closedPort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  await once(server.close(), 'close');
  return port;
}

export function answer(status: number, body: string | Buffer = '', headers: Record<string, string> = {}): Behaviour {
  return (response) => response.writeHead(status, headers).end(body);
}

export function json(value: unknown, status = 200): Behaviour {
  return answer(status, JSON.stringify(value), { 'content-type': 'application/json' });
}

/** Tells what it was sent. */
export const echo: Behaviour = (response, request) => json(request)(response, request);

export const hang: Behaviour = () => {};

export const reset: Behaviour = (response) => response.socket?.resetAndDestroy();

/** Writes bytes as they are, past Node's own HTTP, and then ends the connection as told. */
export function raw(bytes: string, end: 'close' | 'reset' | 'stay open' = 'close'): Behaviour {
  return ({ socket }) => {
    socket?.write(bytes, () => {
      if (end === 'close') socket.end();
      // A moment later: what a reset overtakes is never read.
      if (end === 'reset') setTimeout(() => socket.resetAndDestroy(), 20);
    });
  };
}

/** Answers byte by byte for as long as somebody listens. */
export function trickle(start: string, written: { bytes: number }): Behaviour {
  return ({ socket }) => {
    socket?.write(start);
    const timer = setInterval(() => {
      written.bytes += 1;
      socket?.write('x');
    }, 10);
    socket?.on('close', () => clearInterval(timer));
  };
}

/** Answers without an end, as fast as it is read. */
export function flood(written: { bytes: number }): Behaviour {
  const chunk = 'x'.repeat(65_536);
  return (response) => {
    const more = () => {
      if (response.destroyed) return;
      written.bytes += chunk.length;
      if (response.write(chunk)) setImmediate(more);
      else response.once('drain', more);
    };
    more();
  };
}
