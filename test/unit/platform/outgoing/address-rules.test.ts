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
    'https://service.example/hook?token=a%20b&at=@here',
    'https://service.example?',
    'http://127.0.0.1?a/b',
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

/** Its forms: `refused-addresses.test.ts`. */
describe('an address that may not be called', () => {
  it('is none at all', async () => {
    expect(await messageOf('')).toBe(HTTPS_OR_LOCAL);
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
