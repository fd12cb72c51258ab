/** What a dead letter queue holds (seed: FailedEvent): the message as it came, and why it could not be handled. */
export interface FailedEvent {
  subscriptionId: string;
  eventType: string;
  /** The message's body, untouched, so that it can be sent again. */
  message: string;
  error: string;
  /** The same for failures of one cause, whatever ids and times their errors name. */
  fingerprint: string;
  /** ISO 8601, UTC. */
  timestamp: string;
  /** Tries after the first. */
  retryCount: number;
  /** The letter whose redrive led to this one. */
  redriveOf?: string;
}
