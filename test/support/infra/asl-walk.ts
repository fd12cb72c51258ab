import type { Expression } from 'jsonata';
import jsonata from 'jsonata';

export interface AslState {
  Type: string;
  Resource?: string;
  TimeoutSeconds?: number;
  Arguments?: { FunctionName: string; Payload: unknown };
  Output?: unknown;
  Retry?: {
    ErrorEquals: string[];
    IntervalSeconds: number;
    MaxAttempts: number;
    BackoffRate: number;
    MaxDelaySeconds?: number;
  }[];
  Catch?: { ErrorEquals: string[]; Output?: unknown; Next: string }[];
  /** Of a `Choice`. */
  Choices?: { Condition: string; Next: string }[];
  Default?: string;
  /** Of a `Map`. */
  Items?: string;
  ItemSelector?: unknown;
  ItemProcessor?: AslMachine;
  MaxConcurrency?: number;
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
  /** Every state that was entered, in order. */
  entered: string[];
  /** How it ended: `succeeded` with a state's `End`, or `failed` in a `Fail` state. */
  end: 'succeeded' | 'failed';
}

/** Thrown by a test's function: what Step Functions tells the `Catch` of a state whose call failed for good. */
export class StepFailure {
  readonly errorOutput: { Error: string; Cause: string };
  constructor(error: string, cause = '') {
    this.errorOutput = { Error: error, Cause: cause };
  }
}

/** Step Functions bills a transition for each state that is entered, and one for the start. */
export function transitions({ entered }: Walked): number {
  return entered.length + 1;
}

/** Where a state may lead to. */
export function waysOn({ Next, Default, Choices = [], Catch = [] }: AslState): string[] {
  const ways = [Next, Default, ...Choices.map((one) => one.Next), ...Catch.map((one) => one.Next)];
  return ways.filter((way) => way !== undefined);
}

/**
 * Runs a machine of Task, Choice, Map, Succeed and Fail states as Step Functions would, with every expression evaluated: JSONata, task
 * tokens, Catch. A Map's items come one after the other, and its states are not among those that were entered.
 * It tries nothing again: what `answer` throws as a `StepFailure` has outlived its retries.
 *
 * @param answer plays the function behind a state and gives its payload, also as a promise; behind a state that waits for its token, what the token is
 * answered with
 */
export async function walk(machine: AslMachine, input: unknown, answer: (call: Call) => unknown): Promise<Walked> {
  const walked: Walked = { calls: [], entered: [], end: 'failed' };
  let at: { next: string | undefined; output: unknown } = { next: machine.StartAt, output: input };
  while (at.next !== undefined) {
    const here = at.next;
    const state = Object.hasOwn(machine.States, here) ? machine.States[here] : undefined;
    walked.entered.push(here);
    if (state?.Type === 'Fail') return walked;
    if (state?.Type === 'Succeed') break;
    at = await leave(here, state, at.output, (call) => {
      walked.calls.push(call);
      return answer(call);
    });
  }
  return { ...walked, end: 'succeeded' };
}

async function leave(name: string, state: AslState | undefined, input: unknown, answer: (call: Call) => unknown) {
  if (state?.Type === 'Choice') return { next: await chosen(state, input), output: input };
  if (state?.Type === 'Map') return passed(state, input, () => mapped(state, input, answer));
  if (state?.Type !== 'Task') throw new Error(`This walks no state ${name}.`);
  const call = await callOf(name, state, input);
  return passed(state, input, () => answer(call));
}

async function chosen({ Choices = [], Default }: AslState, input: unknown): Promise<string | undefined> {
  for (const { Condition, Next } of Choices) {
    const holds = await evaluated(Condition, { input });
    if (typeof holds !== 'boolean') throw new Error(`${Condition} is neither true nor false.`);
    if (holds) return Next;
  }
  return Default;
}

/** What comes of a state: by its own fields where its call went well, by its `Catch` where not. */
async function passed(state: AslState, input: unknown, work: () => unknown) {
  try {
    const result = await work();
    return { next: state.Next, output: await outputOf(state, { input, result }, result) };
  } catch (error) {
    const caught = state.Catch?.[0];
    if (!(error instanceof StepFailure) || caught === undefined) throw error;
    const { errorOutput } = error;
    return { next: caught.Next, output: await outputOf(caught, { input, errorOutput }, errorOutput) };
  }
}

async function mapped(
  { Items, ItemSelector, ItemProcessor }: AslState,
  input: unknown,
  answer: (call: Call) => unknown,
) {
  if (ItemProcessor === undefined) throw new Error('The items are not processed.');
  for (const Value of (await evaluated(Items, { input })) as unknown[]) {
    const item = await evaluated(ItemSelector, { input, context: { Map: { Item: { Value } } } });
    const { end } = await walk(ItemProcessor, item, answer);
    if (end === 'failed') throw new StepFailure('States.ItemFailed');
  }
}

async function callOf(name: string, state: AslState, input: unknown): Promise<Call> {
  const { FunctionName = '', Payload } = state.Arguments ?? {};
  const waits = state.Resource?.endsWith('.waitForTaskToken') ?? false;
  const Execution = { Name: `${(input as { sagaId?: string }).sagaId}-1` };
  const states = { input, context: { Execution, ...(waits && { Task: { Token: `token of ${name}` } }) } };
  return {
    state: name,
    token: FunctionName.replace(/^\$\{(\w+)\}$/, '$1'),
    payload: await evaluated(Payload, states),
  };
}

function outputOf(from: { Output?: unknown }, states: object, otherwise: unknown): unknown {
  return from.Output === undefined ? otherwise : evaluated(from.Output, states);
}

/** Step Functions fails an execution whose expression gives nothing; so does this. */
async function evaluated(template: unknown, states: object): Promise<unknown> {
  if (typeof template === 'string') return /^\{%.*%\}$/s.test(template) ? expression(template, states) : template;
  if (typeof template !== 'object' || template === null) return template;
  const entries = Object.entries(template).map(async ([key, value]) => [key, await evaluated(value, states)]);
  return Object.fromEntries(await Promise.all(entries));
}

const parsed = new Map<string, Expression>();

async function expression(text: string, states: object): Promise<unknown> {
  const known = parsed.get(text) ?? jsonata(text.slice(2, -2));
  parsed.set(text, known);
  const value: unknown = await known.evaluate(undefined, { states });
  if (value === undefined) throw new Error(`${text} gives nothing.`);
  return JSON.parse(JSON.stringify(value));
}
