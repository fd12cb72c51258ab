/** The namespace of all of our metrics; each has the stage as its dimension `service`. */
export const METRIC_NAMESPACE = 'MAOS';

/** Commits that the stream had not brought to the bus, and the sweep did. Sent only where there are some. */
export const SWEPT_COMMITS = 'SweptCommits';

/** Open dead letters of one queue (dimension `queue`). Sent only where there are some. */
export const OPEN_DEAD_LETTERS = 'OpenDeadLetters';

/** What handlers tell of themselves. `duration` is in milliseconds; its count is the count of calls. */
export const METRICS = {
  success: 'success',
  error: 'error',
  duration: 'duration',
  /** Events that the bus took, by their type (dimension `eventType`): what happens here. */
  published: 'PublishedEvents',
  /** Calls that an open breaker refused. */
  rejected: 'rejected',
  /** Breakers that opened. */
  opened: 'OpenedBreakers',
  /** Milliseconds from a commit to its publication. */
  lag: 'PublicationLag',
  /** Told at each look while errors have paused a projection. */
  paused: 'PausedProjections',
  /** Events that wait for a mended projection; only where there are some. */
  failedEvents: 'FailedProjectionEvents',
  /** Milliseconds since the first event that a projection has not dealt with; only where there is one. */
  projectionLag: 'ProjectionLag',
} as const;
