import type { ClientRequest, IncomingHttpHeaders, IncomingMessage, RequestOptions } from 'node:http';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { RequestFilteringHttpAgent, RequestFilteringHttpsAgent } from 'request-filtering-agent';
import type { AddressRules } from './address-rules.ts';
import { textFault } from './address-rules.ts';
import type { Resolve } from './public-address.ts';
import { isPublic, literalAddress, systemResolve } from './public-address.ts';

/** An answer over 1 MB is none (api.md, "Calling an HTTP service"). */
const MAX_ANSWER_BYTES = 1_048_576;

const MESSAGES = {
  timeout: 'No whole answer came in time.',
  address: 'The address may not be called.',
  connection: 'No connection came about, or no answer came over it.',
  'too-large': 'The answer is larger than 1 MB.',
  'cut-off': 'The answer broke off.',
};

/** A call that brought no whole answer. Its message names no address and nothing that was answered. */
export class RequestFailed extends Error {
  readonly reason: keyof typeof MESSAGES;

  constructor(reason: keyof typeof MESSAGES) {
    super(MESSAGES[reason]);
    this.name = 'RequestFailed';
    this.reason = reason;
  }
}

export interface OutgoingRequest {
  method: 'GET' | 'POST';
  url: string;
  /** All that go out, besides those of the message itself: host, length, encoding, connection, `user-agent: maos`. */
  headers: Readonly<Record<string, string>>;
  body?: string;
  /** From the start to the last byte of the answer. */
  timeoutMs: number;
  signal?: AbortSignal;
}

/** Whatever was answered, redirects and errors too; the body as it came, never decompressed. */
export interface OutgoingAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** @throws RequestFailed, or the reason of its signal */
export type GuardedRequest = (request: OutgoingRequest) => Promise<OutgoingAnswer>;

/**
 * The one way out to addresses that users give (SSRF). The text of an address is judged again at each call, because rules may have
 * changed since it was registered, and a name's addresses as the connection finds them: a name that led elsewhere at its registration
 * gains nothing. Redirects are not followed, and no connection outlives its call.
 */
export function guardedRequest(rules: AddressRules, resolve: Resolve = systemResolve): GuardedRequest {
  return async (request) => {
    request.signal?.throwIfAborted();
    if (textFault(request.url, rules) !== undefined) throw new RequestFailed('address');
    const outgoing = begin(request, publicLookup(resolve));
    return withDeadline(request, () => answerTo(outgoing)).finally(() => outgoing.destroy());
  };
}

function begin({ url: text, method, headers, body }: OutgoingRequest, lookup: LookupFunction): ClientRequest {
  const url = new URL(text);
  const options: RequestOptions = { method, lookup, headers: { ...headers, ...ownHeaders(body) } };
  const outgoing =
    url.protocol === 'http:'
      ? httpRequest(url, { ...options, agent: plainAgent(url) })
      : httpsRequest(url, { ...options, agent: new RequestFilteringHttpsAgent({ keepAlive: false }) });
  return outgoing.end(body);
}

/** A plain http host that is an IP address has passed the rules in that very spelling. */
function plainAgent(url: URL): RequestFilteringHttpAgent {
  const literal = literalAddress(url);
  const allowIPAddressList = literal === undefined ? [] : [literal];
  return new RequestFilteringHttpAgent({ keepAlive: false, allowIPAddressList });
}

function ownHeaders(body: string | undefined): Record<string, string | number> {
  const own = { 'user-agent': 'maos', 'accept-encoding': 'identity' };
  return body === undefined ? own : { ...own, 'content-length': Buffer.byteLength(body) };
}

/** The connection's own lookup, so that there is no moment between judging an address and connecting to it. */
function publicLookup(resolve: Resolve): LookupFunction {
  const find = async (hostname: string) => {
    const addresses = await resolve(hostname);
    if (!addresses.every(({ address }) => isPublic(address))) throw new RequestFailed('address');
    const [first] = addresses;
    if (first === undefined) throw new RequestFailed('connection');
    return { all: [...addresses], first };
  };
  return (hostname, options, callback) => {
    find(hostname).then(
      ({ all, first }) => (options.all ? callback(null, all) : callback(null, first.address, first.family)),
      (error: Error) => callback(error, []),
    );
  };
}

/** Ends the wait at once, whatever the connection is at; one that nobody waits for any more is destroyed by the caller. */
async function withDeadline<Result>(
  { timeoutMs, signal }: OutgoingRequest,
  work: () => Promise<Result>,
): Promise<Result> {
  const end = Promise.withResolvers<never>();
  const timer = setTimeout(() => end.reject(new RequestFailed('timeout')), timeoutMs);
  const abort = () => end.reject(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([end.promise, work()]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}

async function answerTo(outgoing: ClientRequest): Promise<OutgoingAnswer> {
  const incoming = await firstOf(outgoing);
  const { statusCode: status = 0, headers } = incoming;
  assertSize(Number(headers['content-length'] ?? 0));
  return { status, headers, body: await bodyOf(incoming) };
}

/** A connection that turns to another protocol closes without an error, and so without an answer. */
function firstOf(outgoing: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const fail = (error?: Error) => reject(error instanceof RequestFailed ? error : new RequestFailed('connection'));
    outgoing.on('response', resolve).on('error', fail).on('close', fail);
  });
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      size += chunk.byteLength;
      assertSize(size);
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof RequestFailed ? error : new RequestFailed('cut-off');
  }
  // A body without a length ends with its connection, and Node takes a reset for that end too.
  if (!incoming.complete || incoming.socket.errored !== null) throw new RequestFailed('cut-off');
  return Buffer.concat(chunks);
}

function assertSize(bytes: number): void {
  if (bytes > MAX_ANSWER_BYTES) throw new RequestFailed('too-large');
}
