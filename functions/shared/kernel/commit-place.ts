/** Names a commit: its aggregate, and the version of its first event. */
export interface CommitKey {
  aggregateId: string;
  version: number;
}

/** Where a commit stands among all commits, too. Positions sort as texts, and begin with the time of their command. */
export interface CommitPlace extends CommitKey {
  position: string;
}
