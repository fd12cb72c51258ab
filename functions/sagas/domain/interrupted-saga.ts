/** How often a saga is picked up again before somebody has to look. */
const MAX_EXECUTIONS = 20;

/** The saga of an execution: `saga_01J…` of `saga_01J…-1`. */
export function sagaOf(execution: string): string {
  return partsOf(execution).sagaId;
}

/** The execution after this one: `saga_01J…-2` behind `saga_01J…-1`. An event that comes twice leads to the same name. */
export function nextExecution(execution: string): string {
  const { sagaId, number } = partsOf(execution);
  if (number < MAX_EXECUTIONS) return `${sagaId}-${number + 1}`;
  throw new Error(`${sagaId} was cut off ${number} times; its compensation does not come through.`);
}

function partsOf(execution: string): { sagaId: string; number: number } {
  const [, sagaId = '', number = ''] = /^(.+)-(\d+)$/.exec(execution) ?? [];
  if (sagaId === '') throw new Error(`The execution ${execution} is no saga's.`);
  return { sagaId, number: Number(number) };
}
