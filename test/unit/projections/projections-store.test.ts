import { describe } from 'vitest';
import { failedEventsContract } from '../../support/projections/failed-events-contract.ts';
import {
  memoryFailedEvents,
  memoryProjectionStore,
  memorySegments,
} from '../../support/projections/memory-projections.ts';
import { projectionStoreContract } from '../../support/projections/projection-store-contract.ts';
import { segmentsContract } from '../../support/projections/segments-contract.ts';

describe('what projections know of themselves, in memory', () => {
  projectionStoreContract(memoryProjectionStore());
  failedEventsContract(memoryFailedEvents());
  segmentsContract(memorySegments());
});
