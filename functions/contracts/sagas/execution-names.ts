/** An execution of a saga's machine: its first one, one that goes on with a compensation that was cut off, or a resume. */
export interface ExecutionName {
  sagaId: string;
  /** Of the saga: 1, and one more with each resume. */
  run: number;
  /** Of the executions of one run. */
  number: number;
}

/** `saga_01J…-1`, then `saga_01J…-2` where that was cut off; `saga_01J…-r2-1` of the second run. */
export function executionName({ sagaId, run, number }: ExecutionName): string {
  return run === 1 ? `${sagaId}-${number}` : `${sagaId}-r${run}-${number}`;
}

export function executionOf(name: string): ExecutionName {
  const [, sagaId = '', run = '1', number = ''] = /^([^-]+)(?:-r(\d+))?-(\d+)$/.exec(name) ?? [];
  if (sagaId === '') throw new Error(`The execution ${name} is no saga's.`);
  return { sagaId, run: Number(run), number: Number(number) };
}

/** Of which run of its saga a call is. An execution that gives no name is older than resumes. */
export function runOf(execution: string | undefined): number {
  return execution === undefined ? 1 : executionOf(execution).run;
}
