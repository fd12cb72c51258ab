import type { PublicationMarks } from '../../../functions/events/adapters/publication-marks.ts';
import type { SweepCheckpoints } from '../../../functions/events/adapters/sweep-checkpoints.ts';
import type { UnmarkedCommits } from '../../../functions/events/adapters/unmarked-commits.ts';
import type { CommitKey } from '../../../functions/shared/kernel/commit-place.ts';

/** The table of marks: what became of commits, and how far sweeps have come. */
export interface Marks {
  mark: PublicationMarks;
  unmarked: UnmarkedCommits;
  checkpoints: SweepCheckpoints;
}

/** The same in memory. One contract holds both to the same rules. */
export function memoryMarks(): Marks & { isMarked(commit: CommitKey): boolean; checkpointOf(shard: string): string } {
  const marks = new Set<string>();
  const places = new Map<string, string>();
  const nameOf = ({ aggregateId, version }: CommitKey) => `${aggregateId}#${version}`;
  const isMarked = (commit: CommitKey) => marks.has(nameOf(commit));
  return {
    isMarked,
    checkpointOf: (shard) => places.get(shard) ?? '',
    mark: async (commit) => void marks.add(nameOf(commit)),
    unmarked: async (commits) => commits.filter((one) => !isMarked(one)),
    checkpoints: {
      find: async (shard) => places.get(shard),
      async advance(shard, position) {
        if (position > (places.get(shard) ?? '')) places.set(shard, position);
      },
    },
  };
}
