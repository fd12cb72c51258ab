import { describe, expect, it } from 'vitest';
import { addressFaults } from '../../../../functions/shared/platform/outgoing/address-rules.ts';
import type { Resolve } from '../../../../functions/shared/platform/outgoing/public-address.ts';

const LOCAL = { plainHttpHosts: ['127.0.0.1'], refused: ['http://localhost:4566'] };
const CLOUD = { plainHttpHosts: [], refused: [] };
const PRIVATE = 'must not lead to a private address';
const HTTPS = 'must be an https address';
const HTTPS_OR_LOCAL = 'must be an https address, or begin with http://127.0.0.1';

/** A name of the public world. */
const resolve: Resolve = async () => [{ address: '93.184.216.34', family: 4 }];

async function messageOf(text: string, rules = LOCAL) {
  const faults = await addressFaults(text, 'endpoint', rules, resolve);
  expect(faults.length).toBeLessThan(2);
  if (faults[0] !== undefined) expect(faults[0].path).toBe('endpoint');
  return faults[0]?.message;
}

describe('an address that may be called', () => {
  it.each([
    'https://service.example',
    'https://service.example/',
    'https://service.example:8443/api/v1/',
    'https://service.example/a@b:c',
    'HTTPS://Service.Example/',
    'https://bücher.example/',
    'https://8.8.8.8/',
    'https://[2606:4700:0::1111]:444/',
    'http://127.0.0.1',
    'http://127.0.0.1/',
    'http://127.0.0.1:80/api',
    'http://127.0.0.1:65535',
  ])('is %s', async (text) => {
    expect(await messageOf(text)).toBeUndefined();
  });

  it('is no plain http one where the stage names none', async () => {
    expect(await messageOf('http://127.0.0.1:8080/', CLOUD)).toBe(HTTPS);
  });

  it('is https to the public world even where the stage allows plain http', async () => {
    expect(await messageOf('https://127.0.0.1:8080/')).toBe(PRIVATE);
  });

  it('may spell a plain http host as IPv6, in brackets', async () => {
    expect(await messageOf('http://[::1]:8080/', { ...LOCAL, plainHttpHosts: ['[::1]'] })).toBeUndefined();
  });
});

describe('an address that may not be called', () => {
  it.each([
    'http://localhost/',
    'http://127.1/',
    'http://127.0.1/',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://0x7f.0.0.1/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://017700000001/',
    'http://127.0.0.1./',
    'http://127.0.0.01/',
    'http://127.0.0.2/',
    'http://１２７.0.0.1/',
    'http://①②⑦.0.0.1/',
    'http://127。0。0。1/',
    'http://%31%32%37.0.0.1/',
    'http://0.0.0.0/',
    'http://0/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://127.0.0.1.nip.io/',
    'http://127.0.0.1:/',
    'http://127.0.0.1:99999/',
    'HTTP://127.0.0.1/',
    'http:127.0.0.1/',
    'http:/127.0.0.1/',
    'http:///127.0.0.1/',
    'http://service.example/',
    'https:///service.example/',
    'https:service.example',
    'https://',
    'https://:443/',
    'https://a%20b.example/',
    'ftp://service.example/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    '//service.example/',
    'service.example',
    '',
  ])('is "%s": it is neither https nor plain http in the very spelling', async (text) => {
    expect(await messageOf(text)).toBe(HTTPS_OR_LOCAL);
  });

  it.each([
    'https://127.0.0.1/',
    'https://10.0.0.1/',
    'https://169.254.169.254/latest/meta-data',
    'https://0.0.0.0/',
    'https://100.64.0.1/',
    'https://224.0.0.1/',
    'https://255.255.255.255/',
    'https://[::]/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::127.0.0.1]/',
    'https://[64:ff9b::169.254.169.254]/',
    'https://[2002:7f00:1::]/',
    'https://[2001::1]/',
    'https://[fd00:ec2::254]/',
    'https://[fe80::1]/',
    'https://[ff02::1]/',
  ])('is %s: it is not public', async (text) => {
    expect(await messageOf(text)).toBe(PRIVATE);
  });

  it.each(['2130706433', '0x7f.1', '0177.0.0.1', '127.1', '0', '１２７.0.0.1', '8.8.8.8.', '0x8.8.8.8', '134744072'])(
    'is https://%s/: it spells an IP address in no usual form',
    async (host) => {
      expect(await messageOf(`https://${host}/`)).toBe('must spell an IP address in its usual form');
    },
  );

  it.each([
    ['https://user@service.example/', 'must not hold user information'],
    ['https://user:secret@service.example/', 'must not hold user information'],
    ['https://@service.example/', 'must not hold user information'],
    ['http://127.0.0.1@service.example/', 'must not hold user information'],
    ['http://127.0.0.1:80@service.example/', 'must not hold user information'],
    ['https://service.example/?a=1', 'must not hold a query'],
    ['https://service.example?', 'must not hold a query'],
    ['http://127.0.0.1?', 'must not hold a query'],
    ['https://service.example/#a', 'must not hold a fragment'],
    ['https://service.example#', 'must not hold a fragment'],
    ['https://service.example:0/', 'must not have port 0'],
    ['http://127.0.0.1:0/', 'must not have port 0'],
    ['http://127.0.0.1:00/', 'must not have port 0'],
  ])('is %s: it %s', async (text, message) => {
    expect(await messageOf(text)).toBe(message);
  });

  it.each([
    ' ',
    '\t',
    '\n',
    '\r',
    '\0',
    '\x7f',
    '\u00a0',
    '\u3000',
    '\u200b',
    '\u00ad',
    '\ufeff',
    '\u202e',
    '\ud800',
    '\\',
  ])('holds no character %j, wherever', async (character) => {
    const texts = [`${character}https://service.example/`, `https://service${character}.example/`];
    for (const text of [...texts, `https://service.example/a${character}b`, `http://127.0.0.1${character}/`]) {
      expect(await messageOf(text)).toBe('must not hold spaces, control characters or backslashes');
    }
  });
});
