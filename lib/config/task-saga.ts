import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SagaDefinition } from '../../functions/contracts/sagas/saga-definition.ts';
import type { StageConfig } from './stage.ts';

const FILE = join(import.meta.dirname, '..', '..', 'state-machines', 'task.saga.json');

/** The task saga with the stage's limit for finding an agent. */
export function taskSaga(stage: StageConfig): SagaDefinition {
  const definition = JSON.parse(readFileSync(FILE, 'utf8')) as SagaDefinition;
  const timeout = stage.assignWithin.toMilliseconds();
  const steps = definition.steps.map((step) => (step.id === 'assign' ? { ...step, timeout } : step));
  return { ...definition, steps };
}
