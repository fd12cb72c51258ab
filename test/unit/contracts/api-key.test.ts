import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { keyIdOf, matchesHash, newApiKey } from '../../../functions/contracts/api-key.ts';

describe('a new key', () => {
  it('holds its id and 32 random bytes; only its hash need be kept', () => {
    const { keyId, key, hash } = newApiKey();
    expect(keyIdOf(key)).toBe(keyId);
    expect(Buffer.from(key.split('_').slice(2).join('_'), 'base64url')).toHaveLength(32);
    expect(hash).toBe(createHash('sha256').update(key).digest('hex'));
  });

  it('is another one each time', () => {
    const keys = Array.from({ length: 100 }, newApiKey);
    for (const part of ['keyId', 'key', 'hash'] as const) expect(new Set(keys.map((one) => one[part])).size).toBe(100);
  });

  it('fits an Authorization header', () => {
    expect(newApiKey().key).toMatch(/^[A-Za-z0-9_-]+$/);
  });
});

describe('the id in a key', () => {
  const { key } = newApiKey();
  it.each([
    '',
    'maos_',
    key.slice(0, -1),
    `${key}A`,
    ` ${key}`,
    `${key}\n`,
    key.replace('maos', 'Maos'),
    key.toUpperCase(),
  ])('is none in "%s"', (text) => {
    expect(keyIdOf(text)).toBeUndefined();
  });
});

describe('a hash', () => {
  const { key, hash } = newApiKey();
  it('matches its own key only', () => {
    expect(matchesHash(key, hash)).toBe(true);
    expect(matchesHash(newApiKey().key, hash)).toBe(false);
  });

  it.each(['', hash.slice(1), hash.toUpperCase(), `${hash}0`])('matches nothing where it is broken: "%s"', (broken) => {
    expect(matchesHash(key, broken)).toBe(false);
  });
});
