import { isIPv4 } from 'node:net';
import { ENV } from '../../../contracts/env.ts';
import type { Fault } from '../../kernel/errors.ts';
import { awsEndpoints, envList } from '../env.ts';
import type { Resolve } from './public-address.ts';
import { isPublic, literalAddress, systemResolve } from './public-address.ts';

/** What a stage says of the addresses that it may call for its users. */
export interface AddressRules {
  /**
   * Hosts that may be called over plain http, in that very spelling. An IP address among them need not be public; a name still must
   * lead to a public address, because anybody may own what it leads to.
   */
  plainHttpHosts: readonly string[];
  /** Origins that are never called, such as `http://127.0.0.1:4566`. */
  refused: readonly string[];
}

/**
 * The rules of this environment. The endpoints of our own AWS clients are no targets: who reached them would act on the cloud beside
 * the API. There are none but with a local cloud.
 */
export function addressRules(): AddressRules {
  const refused = new Set(awsEndpoints().map((endpoint) => new URL(endpoint).origin));
  return { plainHttpHosts: envList(ENV.plainHttpHosts), refused: [...refused] };
}

const PRIVATE = 'must not lead to a private address';
const OWN_CLOUD = 'must not lead to the cloud itself';

/** `https://host:port` and what follows it. An empty port and an empty host are none. */
const ADDRESS = /^(https?):\/\/(\[[^\]]*\]|[^/?#:]+)(?::\d+)?(?=[/?#]|$)(.*)$/is;

/**
 * What is wrong with an address as far as its text tells, `undefined` where nothing is. WHATWG's parser reads `127.1`, `2130706433` or
 * full-width digits as 127.0.0.1 and leaves out what it does not like, so the text itself is judged before what it is read as.
 */
export function textFault(text: string, rules: AddressRules): string | undefined {
  if (/[\s\\\p{C}]/u.test(text)) return 'must not hold spaces, control characters or backslashes';
  if (/^[^/]*\/\/[^/?#]*@/.test(text)) return 'must not hold user information';
  const [, scheme = '', host = '', rest = ''] = ADDRESS.exec(text) ?? [];
  const url = URL.parse(text);
  if (scheme === '' || url === null) return notAllowed(rules);
  const written = { scheme, host, url };
  // A fragment is never sent: who writes one means another address than the one that would be called.
  if (rest.includes('#')) return 'must not hold a fragment';
  return url.protocol === 'http:' ? plainFault(written, rules) : secureFault(written, rules);
}

/** An address and how its scheme and its host are spelled in it. */
type Written = { scheme: string; host: string; url: URL };

function notAllowed({ plainHttpHosts }: AddressRules): string {
  return ['must be an https address', ...plainHttpHosts.map((host) => `or begin with http://${host}`)].join(', ');
}

function plainFault({ scheme, host, url }: Written, rules: AddressRules): string | undefined {
  if (scheme !== 'http' || !rules.plainHttpHosts.includes(host)) return notAllowed(rules);
  // Our own cloud may be called 127.0.0.1 here and localhost in its address, so its port alone tells it.
  const taken = rules.refused.some((origin) => portOf(new URL(origin)) === portOf(url));
  return taken ? OWN_CLOUD : portFault(url);
}

function secureFault({ host, url }: Written, rules: AddressRules): string | undefined {
  if (isIPv4(url.hostname) && url.hostname !== host) return 'must spell an IP address in its usual form';
  const literal = literalAddress(url);
  if (literal !== undefined && !isPublic(literal)) return PRIVATE;
  const taken = rules.refused.some((origin) => isSamePlace(new URL(origin), url));
  return taken ? OWN_CLOUD : portFault(url);
}

/** Node takes port 0 for the scheme's own, so that it would lead elsewhere than it says. */
function portFault({ port }: URL): string | undefined {
  return port === '0' ? 'must not have port 0' : undefined;
}

function portOf({ port, protocol }: URL): string {
  return port || (protocol === 'http:' ? '80' : '443');
}

/** A name may end in a dot and lead to the same place. */
function isSamePlace(one: URL, other: URL): boolean {
  const name = ({ hostname }: URL) => hostname.replace(/\.$/, '');
  return name(one) === name(other) && portOf(one) === portOf(other);
}

/** How long the addresses of a name are looked for at its registration: its caller waits. */
const LOOKUP_MS = 5000;

/**
 * What is wrong with an address that a user wants to be called, at its registration. A fault tells a kind of address only: who asks
 * learns nothing about our network.
 *
 * @param path of the fault, such as `endpoint`
 * @returns one fault at most
 */
export async function addressFaults(
  text: string,
  path: string,
  rules: AddressRules,
  resolve: Resolve = systemResolve,
): Promise<Fault[]> {
  const message = textFault(text, rules) ?? (await nameFault(new URL(text), resolve));
  return message === undefined ? [] : [{ path, message }];
}

async function nameFault(url: URL, resolve: Resolve): Promise<string | undefined> {
  if (literalAddress(url) !== undefined) return undefined;
  const addresses = await inTime(resolve(url.hostname)).catch(() => []);
  if (addresses.length === 0) return 'must name a host that can be found';
  return addresses.every(({ address }) => isPublic(address)) ? undefined : PRIVATE;
}

/** A lookup cannot be ended; one that takes too long is left to itself. */
async function inTime(lookup: ReturnType<Resolve>): ReturnType<Resolve> {
  const end = Promise.withResolvers<never>();
  const timer = setTimeout(() => end.reject(new Error('It was looked for too long.')), LOOKUP_MS);
  return Promise.race([end.promise, lookup]).finally(() => clearTimeout(timer));
}
