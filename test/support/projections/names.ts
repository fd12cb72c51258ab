import { randomUUID } from 'node:crypto';
import type { ProjectionName } from '../../../functions/contracts/projections.ts';

/** A projection that nobody else has, so that stores may be shared. */
export const ownName = () => `test-${randomUUID()}` as ProjectionName;
