import type { BreakerOverrides } from '../../../contracts/breaker.ts';
import type { BreakerRecord, Wish } from './breaker-record.ts';

/** An HTTP service as it was registered. Times are ISO 8601, UTC. */
export interface ServiceRegistration {
  name: string;
  /** Checked at registration, and again at each call. */
  endpoint: string;
  healthPath: string;
  breaker: BreakerOverrides;
  createdAt: string;
  updatedAt: string;
}

/** What a caller of a service has to know, in one read. */
export interface ServiceEntry {
  /** None of a built-in service, and of one that nobody registered. */
  registration?: ServiceRegistration;
  breaker: BreakerRecord;
}

/** Calls since the last time they were told. */
export interface CallCounts {
  success: number;
  error: number;
  rejected: number;
}

/** What all environments know together of the services that they call. */
export interface ServiceStore {
  find(service: string): Promise<ServiceEntry>;
  /**
   * Makes a wish come true against the rivals that change the same breaker, and gives it as it then stands. A turn of it goes to the
   * event log in the same transaction, at the version that it has there.
   *
   * @param known where to begin; what has changed since is read first
   * @returns the record, and whether this wish changed it
   */
  change(
    service: string,
    known: BreakerRecord,
    wish: Wish,
    correlationId: string,
  ): Promise<{ record: BreakerRecord; changed: boolean }>;
  /** Adds to what was counted. */
  count(service: string, counts: CallCounts): Promise<void>;
  counted(service: string): Promise<CallCounts>;
}
