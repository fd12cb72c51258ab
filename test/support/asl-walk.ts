import jsonata from 'jsonata';

export interface AslState {
  Type: string;
  TimeoutSeconds?: number;
  Arguments?: { FunctionName: string; Payload: unknown };
  Assign?: Record<string, unknown>;
  Output?: unknown;
  Retry?: {
    ErrorEquals: string[];
    IntervalSeconds: number;
    MaxAttempts: number;
    BackoffRate: number;
    MaxDelaySeconds?: number;
  }[];
  Catch?: { ErrorEquals: string[]; Assign?: Record<string, unknown>; Output?: unknown; Next: string }[];
  Next?: string;
  End?: boolean;
}

export interface AslMachine {
  TimeoutSeconds?: number;
  StartAt: string;
  States: Record<string, AslState>;
}

/** One call that the machine made: the state, the `${Token}` of its function and what was sent. */
export interface Call {
  state: string;
  token: string;
  payload: unknown;
}

export interface Walked {
  calls: Call[];
  /** How it ended: `succeeded` with a state's `End`, or `failed` in a `Fail` state. */
  end: 'succeeded' | 'failed';
}

/** Thrown by a test's function: what Step Functions tells the `Catch` of a state whose call failed for good. */
export class StepFailure {
  readonly errorOutput: { Error: string; Cause: string };
  constructor(error: string, cause: string) {
    this.errorOutput = { Error: error, Cause: cause };
  }
}

type Values = Record<string, unknown>;

/**
 * Runs a machine of Task and Fail states as Step Functions would, with every expression evaluated: JSONata, variables, Catch.
 * It tries nothing again: what `answer` throws as a `StepFailure` has outlived its retries.
 *
 * @param answer plays the function behind a state and gives its payload
 */
export async function walk(machine: AslMachine, input: unknown, answer: (call: Call) => unknown): Promise<Walked> {
  const calls: Call[] = [];
  const variables: Values = {};
  let here = machine.StartAt;
  let given = input;
  for (;;) {
    const state = machine.States[here];
    if (state?.Type === 'Fail') return { calls, end: 'failed' };
    if (state?.Type !== 'Task') throw new Error(`This walks no state ${here}.`);
    const call = await callOf(here, state, { variables, states: { input: given } });
    calls.push(call);
    const step = await passed(state, { given, variables, result: () => answer(call) });
    Object.assign(variables, step.assigned);
    if (step.next === undefined) return { calls, end: 'succeeded' };
    given = step.output;
    here = step.next;
  }
}

interface Scope {
  variables: Values;
  states: Values;
}

async function callOf(name: string, state: AslState, scope: Scope): Promise<Call> {
  const { FunctionName = '', Payload } = state.Arguments ?? {};
  return { state: name, token: FunctionName.replace(/^\$\{(\w+)\}$/, '$1'), payload: await evaluated(Payload, scope) };
}

/** What comes of a state: by its own fields where its call went well, by its `Catch` where not. */
async function passed(
  state: AslState,
  { given, variables, result }: { given: unknown; variables: Values; result: () => unknown },
): Promise<{ next: string | undefined; assigned: Values; output: unknown }> {
  try {
    const states = { input: given, result: { Payload: result() } };
    return { next: state.Next, ...(await left(state, { variables, states }, states.result)) };
  } catch (error) {
    const caught = state.Catch?.[0];
    if (!(error instanceof StepFailure) || caught === undefined) throw error;
    const states = { input: given, errorOutput: error.errorOutput };
    return { next: caught.Next, ...(await left(caught, { variables, states }, error.errorOutput)) };
  }
}

async function left(from: { Assign?: Values; Output?: unknown }, scope: Scope, otherwise: unknown) {
  const assigned = (await evaluated(from.Assign ?? {}, scope)) as Values;
  return { assigned, output: from.Output === undefined ? otherwise : await evaluated(from.Output, scope) };
}

/** Step Functions fails an execution whose expression gives nothing; so does this. */
async function evaluated(template: unknown, scope: Scope): Promise<unknown> {
  if (typeof template === 'string') return /^\{%.*%\}$/s.test(template) ? expression(template, scope) : template;
  if (typeof template !== 'object' || template === null) return template;
  const entries = Object.entries(template).map(async ([key, value]) => [key, await evaluated(value, scope)]);
  return Object.fromEntries(await Promise.all(entries));
}

async function expression(text: string, { variables, states }: Scope): Promise<unknown> {
  const value = await jsonata(text.slice(2, -2)).evaluate(undefined, { ...variables, states });
  if (value === undefined) throw new Error(`${text} gives nothing.`);
  return JSON.parse(JSON.stringify(value));
}
