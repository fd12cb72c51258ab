import { ENV } from '../../contracts/env.ts';
import type { SagaDefinition } from '../../contracts/sagas/saga-definition.ts';
import { requireEnv } from '../../shared/platform/env.ts';

/** The task saga as it is deployed, limits of the stage included: the very text that the machine was compiled from. */
export function taskSagaDefinition(): SagaDefinition {
  return JSON.parse(requireEnv(ENV.taskSaga)) as SagaDefinition;
}
