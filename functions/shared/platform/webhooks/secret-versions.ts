/** The secrets that an API key had. Times are ISO 8601, UTC. */
export interface SecretVersions {
  /** Of the newest, from 1. */
  version: number;
  /** When the ones before it were replaced, the last one first; those of the last day. */
  rotations: readonly string[];
}

export const FIRST_SECRET: SecretVersions = { version: 1, rotations: [] };

/** How long a secret that was replaced signs beside the new one (api.md). */
const OVERLAP_MS = 24 * 3600 * 1000;

/** Each one is another signature on every message. */
const MAX_ROTATIONS = 5;

/** The versions that sign now, the newest first. */
export function activeVersions({ version, rotations }: SecretVersions, now: number): number[] {
  return [version, ...recent(rotations, now).map((_, index) => version - 1 - index)];
}

/** With a new secret. `undefined`: there were too many within a day. */
export function rotated({ version, rotations }: SecretVersions, now: number): SecretVersions | undefined {
  const kept = recent(rotations, now);
  if (kept.length >= MAX_ROTATIONS) return undefined;
  return { version: version + 1, rotations: [new Date(now).toISOString(), ...kept] };
}

/** Until when a secret signs that is replaced now: ISO 8601, UTC. */
export function signsUntil(now: number): string {
  return new Date(now + OVERLAP_MS).toISOString();
}

function recent(rotations: readonly string[], now: number): string[] {
  return rotations.filter((at) => Date.parse(at) > now - OVERLAP_MS);
}
