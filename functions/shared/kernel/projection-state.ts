/** How a projection stands. Times are ISO 8601, UTC. */
export interface ProjectionState {
  /** The rows that readers see. */
  generation: number;
  /** The highest number that was ever given: no generation is filled twice. */
  lastGeneration: number;
  pause?: { at: string; because: 'operator' | 'errors' };
  /** The first position that came in a pause and is not in the rows yet; all behind it is looked at again. */
  skippedFrom?: string;
  /** Errors before it are forgiven. */
  resumedAt?: string;
  rebuild?: Rebuild;
  lastRebuild?: EndedRebuild;
  /** Generations that nobody reads any more, with the moment from which their rows may go. */
  retired: Readonly<Record<string, string>>;
}

export interface Rebuild {
  /** What it fills. */
  generation: number;
  startedAt: string;
  /** How often its state machine was started. */
  run: number;
}

export interface EndedRebuild {
  generation: number;
  startedAt: string;
  endedAt: string;
  outcome: 'switched' | 'failed';
  rows: RebuiltRows;
  /** Why it failed. */
  error?: string;
}

/** What the rows of a rebuild are beside those that were read meanwhile. */
export interface RebuiltRows {
  written: number;
  /** Of the same version, with other content. */
  changed: number;
  /** That were not there. */
  added: number;
  /** That know less than those that are read; one of them stops the switch. */
  older: number;
}

export const INITIAL_STATE: ProjectionState = { generation: 1, lastGeneration: 1, retired: {} };
