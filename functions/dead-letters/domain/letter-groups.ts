import type { DeadLetterGroup } from '../../contracts/api/dead-letter.ts';

/** A letter as the indexes know it. */
export type IndexedLetter = Pick<DeadLetterGroup, 'queue' | 'fingerprint'> & { timestamp: string };

/** Letters of one cause and queue together; the most first, and of as many the newest. */
export function letterGroups(letters: readonly IndexedLetter[]): DeadLetterGroup[] {
  const groups = new Map<string, DeadLetterGroup>();
  for (const { queue, fingerprint, timestamp } of letters) {
    const key = `${fingerprint}#${queue}`;
    const group = groups.get(key) ?? { fingerprint, queue, count: 0, firstSeen: timestamp, lastSeen: timestamp };
    group.count += 1;
    if (timestamp < group.firstSeen) group.firstSeen = timestamp;
    if (timestamp > group.lastSeen) group.lastSeen = timestamp;
    groups.set(key, group);
  }
  return [...groups.values()].sort((one, other) => other.count - one.count || (one.lastSeen < other.lastSeen ? 1 : -1));
}
