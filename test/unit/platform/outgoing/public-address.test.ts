import { createRequire } from 'node:module';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPublic, literalAddress } from '../../../../functions/shared/platform/outgoing/public-address.ts';
import { DRILL, runs } from '../../../support/seeds.ts';

/** What the agent that guards connections goes by: the very copy of ipaddr.js that it brings. */
const agentsRequire = createRequire(createRequire(import.meta.url).resolve('request-filtering-agent'));
const ipaddr = agentsRequire('ipaddr.js') as { parse(address: string): { range(): string } };
const agentTakes = (address: string) => ipaddr.parse(address).range() === 'unicast';

const dotted = (number: number) => [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.');

describe('a public address', () => {
  it.each([
    '8.8.8.8',
    '1.1.1.1',
    '100.128.0.1',
    '172.32.0.1',
    '223.255.255.255',
    '2606:4700::1111',
    '2a00:1450:4001::1',
  ])('is %s', (address) => {
    expect(isPublic(address)).toBe(true);
  });

  it.each([
    ['this network', '0.0.0.0', '0.255.255.255'],
    ['private', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.0.1'],
    ['shared by carriers', '100.64.0.0', '100.127.255.255'],
    ['loopback', '127.0.0.1', '127.255.255.255', '::1'],
    ['link-local', '169.254.0.1', '169.254.169.254', 'fe80::1', 'fe80::1%lo', 'febf::1'],
    ['of protocols', '192.0.0.8', '192.88.99.1'],
    ['for documentation', '192.0.2.1', '198.51.100.1', '203.0.113.1', '2001:db8::1', '3fff::1'],
    ['for benchmarks', '198.18.0.1', '198.19.255.255', '2001:2::1'],
    ['multicast', '224.0.0.1', '239.255.255.255', 'ff02::1'],
    ['kept for later', '240.0.0.1', '255.255.255.254', '4000::1', 'e000::1'],
    ['broadcast', '255.255.255.255'],
    ['unspecified', '::', '0::0'],
    ['IPv4 in IPv6', '::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:8.8.8.8', '::ffff:0:7f00:1'],
    ['IPv4 in IPv6 of old', '::127.0.0.1', '::7f00:1', '::a9fe:a9fe'],
    ['NAT64', '64:ff9b::7f00:1', '64:ff9b:1::a9fe:a9fe'],
    ['6to4', '2002:7f00:1::', '2002:a9fe:a9fe::1'],
    ['Teredo', '2001::1', '2001:0:7f00:1::'],
    ['unique local', 'fc00::1', 'fd00:ec2::254'],
    ['site-local', 'fec0::1'],
    ['to be thrown away', '100::1'],
    ['no address at all', '', 'localhost', '127.1', '2130706433', '0x7f.0.0.1', '0177.0.0.1', '127.0.0.1.', '[::1]'],
  ])('is not one that is %s', (_what, ...addresses) => {
    expect(addresses.filter(isPublic)).toEqual([]);
  });
});

describe('what the agent refuses at the connection', () => {
  it('is refused before, and nothing else of IPv4: an end of each /16', () => {
    const differing: string[] = [];
    for (let block = 0; block < 2 ** 16; block += 1) {
      const address = dotted(block * 2 ** 16 + (block % 2 === 0 ? 0 : 2 ** 16 - 1));
      if (isPublic(address) !== agentTakes(address)) differing.push(address);
    }
    expect(differing).toEqual([]);
  });

  it('is refused before, and nothing else of IPv4: all around 192.0.0.0, 198.18.0.0 and the like', () => {
    const near = [0xc0000000, 0xc01f0000, 0xc0340000, 0xc0580000, 0xc0af0000, 0xc6120000, 0xc6330000, 0xcb000000];
    const addresses = near.flatMap((start) => Array.from({ length: 1024 }, (_, at) => dotted(start + 128 * at)));
    expect(addresses.filter((address) => isPublic(address) !== agentTakes(address))).toEqual([]);
    expect(addresses.filter(agentTakes).length).toBeGreaterThan(1000);
  });

  it('is refused before: any IPv4', DRILL, () =>
    fc.assert(
      fc.property(fc.ipV4(), (address) => isPublic(address) === agentTakes(address)),
      { numRuns: runs() },
    ),
  );

  const starts = ['2001:', '2002:', '2620:4f:8000:', '3fff:', '3ffe:', '2606:', 'fd00:', '64:ff9b:', '4000:'];
  const group = fc.nat(0xffff).map((number) => number.toString(16));
  const near = fc
    .tuple(fc.constantFrom(...starts), group, group)
    .map(([start, ...rest]) => `${start}${rest.join('::')}`);
  it('is refused before: any IPv6', DRILL, () =>
    fc.assert(
      fc.property(fc.oneof(fc.ipV6(), near), (address) => !isPublic(address) || agentTakes(address)),
      { numRuns: runs() },
    ),
  );
});

describe('the address that a URL names by itself', () => {
  it.each([
    ['https://8.8.8.8:1/a', '8.8.8.8'],
    ['https://[2606:4700::1111]/', '2606:4700::1111'],
    ['https://0x8.8.8.8/', '8.8.8.8'],
    ['https://service.example/8.8.8.8', undefined],
    ['https://8.8.8.8.example/', undefined],
  ])('%s: %s', (text, address) => {
    expect(literalAddress(new URL(text))).toBe(address);
  });
});
