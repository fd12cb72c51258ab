import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** What a key may do. No scope implies another (api.md, "Every call"). */
export const SCOPES = ['read', 'write', 'admin', 'agent'] as const;
export type Scope = (typeof SCOPES)[number];

/**
 * One row of the keys table (partition key `keyId`). The key itself is never stored: `hash` is the SHA-256 of all of it, in hex.
 * A revoked key keeps its row, so that its id is never given out again and its past events keep a name.
 */
export interface ApiKeyRecord {
  keyId: string;
  name: string;
  hash: string;
  scopes: Scope[];
  createdAt: string;
  revokedAt?: string;
}

const KEY_FORM = /^maos_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/;

/** A new key of 32 random bytes. `key` is shown to its owner once; only `hash` is kept. */
export function newApiKey(): { keyId: string; key: string; hash: string } {
  const keyId = randomBytes(8).toString('hex');
  const key = `maos_${keyId}_${randomBytes(32).toString('base64url')}`;
  return { keyId, key, hash: hashApiKey(key) };
}

/** The id inside a key, or `undefined` where the text has not the form of a key. */
export function keyIdOf(key: string): string | undefined {
  return KEY_FORM.exec(key)?.[1];
}

/** Compares in constant time, so that an answer's delay tells nothing about the stored hash. */
export function matchesHash(key: string, hash: string): boolean {
  const given = Buffer.from(hashApiKey(key));
  const stored = Buffer.from(hash);
  return given.length === stored.length && timingSafeEqual(given, stored);
}

function hashApiKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
