import type { CommitKey } from '../../shared/kernel/commit-place.ts';

/** A commit, as far as the page that it came on matters. */
export interface PagedCommit extends CommitKey {
  lastVersion: number;
}

/** The commits of one aggregate on a page of the log. */
export interface PageGroup<Commit extends PagedCommit> {
  aggregateId: string;
  commits: Commit[];
  /** They are all that the aggregate has: so it begins here, has no gap, and another one follows it on the page. */
  isWhole: boolean;
}

/** A page by aggregates. Of one that a page's end may cut, nobody can say whether it goes on. */
export function pageGroups<Commit extends PagedCommit>(page: readonly Commit[]): PageGroup<Commit>[] {
  const groups = Map.groupBy(page, ({ aggregateId }) => aggregateId);
  const last = page.at(-1)?.aggregateId;
  return Array.from(groups, ([aggregateId, commits]) => ({
    aggregateId,
    commits,
    isWhole: aggregateId !== last && isGapless(commits),
  }));
}

function isGapless(commits: readonly PagedCommit[]): boolean {
  return commits.every(({ version }, at) => version === (commits[at - 1]?.lastVersion ?? 0) + 1);
}
