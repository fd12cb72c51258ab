/** A test that did not run. `reason` is undefined where nobody gave one: it was not chosen, or a hook before it threw. */
export type Skip = { test: string; reason: string | undefined };

/** How many tests were skipped and why, in one line: `3 skipped: it takes minutes (1); the endpoint has no IAM (2)`. */
export function skipLine(skips: readonly Skip[]): string {
  const counts = new Map<string, number>();
  for (const { reason = 'no reason given' } of skips) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const reasons = [...counts].map(([reason, count]) => `${reason} (${count})`);
  return `${skips.length} skipped: ${reasons.join('; ')}`;
}
