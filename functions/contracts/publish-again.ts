/** Whose dead letters are events that the bus refused for good: the stream's publisher, and the sweep that makes up for it. */
export const PUBLISHER = 'publisher';
export const SWEEP_EVENTS = 'sweep-events';

/** Asks the sweep for the commit that holds this version, whatever became of it before. */
export interface PublishAgain {
  aggregateId: string;
  version: number;
}

export const PUBLISH_AGAIN = 'maos.PublishAgain';

/** Asks it to look for what was not published, before its clock does. */
export const SWEEP_DUE = 'maos.SweepDue';
