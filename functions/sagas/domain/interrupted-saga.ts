import { executionName, executionOf } from '../../contracts/sagas/execution-names.ts';

/** How often a run of a saga is picked up again before somebody has to look. */
const MAX_EXECUTIONS = 20;

/** The execution after this one. An event that comes twice leads to the same name. */
export function nextExecution(interrupted: string): string {
  const execution = executionOf(interrupted);
  const { sagaId, number } = execution;
  if (number < MAX_EXECUTIONS) return executionName({ ...execution, number: number + 1 });
  throw new Error(`${sagaId} was cut off ${number} times; its compensation does not come through.`);
}
