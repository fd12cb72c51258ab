import { hash } from 'node:crypto';
import type { SagaFunctions } from './compile-saga.ts';
import { compileSaga } from './compile-saga.ts';
import type { SagaDefinition } from './saga-definition.ts';

/** What the names of all machines of users' sagas begin with. */
export const SHAPE_PREFIX = 'shape-';

/** What stands for the functions, which are the same for all sagas of users. */
const ANY: SagaFunctions = { service: () => 'steps', close: 'close' };

/**
 * The name of the machine that sagas of this shape share: the same ids, limits and compensations are the same machine, whatever its
 * steps call and with what. Another version of the compiler gives other names, so a saga that runs is never moved to another machine.
 */
export function shapeOf(definition: SagaDefinition): string {
  return `${SHAPE_PREFIX}${hash('sha256', JSON.stringify(compileSaga(definition, ANY))).slice(0, 40)}`;
}
