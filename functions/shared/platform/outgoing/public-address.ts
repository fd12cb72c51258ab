import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

/** Finds every address of a host; rejects where the host is unknown. */
export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>;

/** As the system finds hosts, which is also how connections find them. */
export const systemResolve: Resolve = (hostname) => lookup(hostname, { all: true });

/** What is not the public internet (IANA's special-purpose registries, multicast, and the ranges kept for later). */
const SPECIAL_IPV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
];

/** All that IANA has given out for the public internet. Outside are mapped IPv4, NAT64, loopback, link-local, ULA and multicast. */
const GLOBAL_IPV6 = ['2000::/3'];

/** Within it: Teredo and its neighbours, documentation, 6to4, AS112. */
const SPECIAL_IPV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20'];

const ipv4 = ranges('ipv4', SPECIAL_IPV4);
const globalIpv6 = ranges('ipv6', GLOBAL_IPV6);
const specialIpv6 = ranges('ipv6', SPECIAL_IPV6);

function ranges(family: 'ipv4' | 'ipv6', subnets: readonly string[]): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [network = '', prefix] = subnet.split('/');
    list.addSubnet(network, Number(prefix), family);
  }
  return list;
}

/**
 * Whether an address is one of the public internet. It refuses all that request-filtering-agent refuses, which guards the connection
 * itself, so that what may be registered can be called; and besides the IPv6 that nobody has been given, where `::7f00:1` is loopback
 * in an old spelling and the agent's library sees a public address.
 *
 * @param address an IP address in its usual form, without brackets; any other text is not public
 */
export function isPublic(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !ipv4.check(address, 'ipv4');
  return family === 6 && globalIpv6.check(address, 'ipv6') && !specialIpv6.check(address, 'ipv6');
}

/** The IP address that a URL names by itself, `undefined` where it names a host that has to be found. */
export function literalAddress({ hostname }: URL): string | undefined {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(bare) === 0 ? undefined : bare;
}
