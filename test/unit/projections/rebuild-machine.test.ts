import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { REBUILD_SEGMENTS } from '../../../functions/contracts/projections.ts';
import type { AslMachine, AslState, Call } from '../../support/infra/asl-walk.ts';
import { StepFailure, walk, waysOn } from '../../support/infra/asl-walk.ts';

const validate: (definition: object) => { isValid: boolean; errorsText: () => string } = createRequire(import.meta.url)(
  'asl-validator',
);
const FILE = new URL('../../../state-machines/rebuild-projection.asl.json', import.meta.url);
const FUNCTION = 'arn:aws:lambda:eu-central-1:123456789012:function:rebuild';
/** What lib/stacks/projections-stack.ts gives its function: a call that is given up before is made twice. */
const FUNCTION_TIMEOUT_S = 300;
const SUBSTITUTIONS: Record<string, string> = { Function: FUNCTION, LastSegment: String(REBUILD_SEGMENTS - 1) };

const machine = JSON.parse(
  readFileSync(FILE, 'utf8').replaceAll(/\$\{(\w+)\}/g, (_, name: string) => SUBSTITUTIONS[name] ?? `no ${name}`),
) as AslMachine;
const inner = machine.States.Fill?.ItemProcessor ?? { StartAt: '', States: {} };
const statesOf = ({ States }: AslMachine): [string, AslState][] => Object.entries(States);
const tasks = [machine, inner].flatMap(statesOf).filter(([, { Type }]) => Type === 'Task');

const INPUT = { projection: 'tasks', generation: 7 };
type Step = { step: string; segment: number };
const stepOf = ({ payload }: Call) => payload as Step;

/** Plays the function: a segment is filled after two calls, and what `failing` names fails for good. */
function playing(failing?: string, failure = new StepFailure('Error', 'It broke.')) {
  const begun = new Set<number>();
  return (call: Call) => {
    const { step, segment } = stepOf(call);
    if (step === failing) throw failure;
    const isDone = step !== 'fill' || begun.has(segment);
    begun.add(segment);
    return { Payload: { isDone } };
  };
}

/** Whether an end can be come to from everywhere. */
function deadEnds({ States }: AslMachine): string[] {
  const ends = new Set(
    Object.keys(States).filter((name) => {
      const { Type = '', End } = States[name] ?? {};
      return End === true || Type === 'Succeed' || Type === 'Fail';
    }),
  );
  for (const _ of Object.keys(States))
    for (const [name, state] of Object.entries(States)) if (waysOn(state).some((way) => ends.has(way))) ends.add(name);
  return Object.keys(States).filter((name) => !ends.has(name));
}

describe('the machine that rebuilds projections', () => {
  it('is valid Amazon States Language', () => {
    const { isValid, errorsText } = validate(machine);
    expect(isValid, errorsText()).toBe(true);
  });

  it.each(tasks)('tries "%s" again whatever is wrong, and waits for its function, not for ever', (_, task) => {
    expect(task.Retry?.map(({ ErrorEquals }) => ErrorEquals)).toEqual([['States.ALL']]);
    expect(task.TimeoutSeconds).toBeGreaterThan(FUNCTION_TIMEOUT_S);
    expect(task.TimeoutSeconds).toBeLessThanOrEqual(2 * FUNCTION_TIMEOUT_S);
    expect(task.Arguments?.FunctionName).toBe(FUNCTION);
  });

  it('comes to an end from each of its states', () => {
    expect([deadEnds(machine), deadEnds(inner), tasks.length]).toEqual([[], [], 4]);
  });

  it('fills every segment until it is filled, two at a time, compares, and switches', async () => {
    const { calls, entered, end } = await walk(machine, INPUT, playing());
    const fill = Array.from({ length: REBUILD_SEGMENTS }, (_, segment) => [
      { ...INPUT, step: 'fill', segment },
      { ...INPUT, step: 'fill', segment, isDone: false },
    ]);
    const ending = ['compare', 'switch'].map((step) => ({ ...INPUT, step }));
    expect(calls.map(({ payload }) => payload)).toEqual([...fill.flat(), ...ending]);
    expect([entered, end, machine.States.Fill?.MaxConcurrency]).toEqual([
      ['Fill', 'Compare', 'Switch'],
      'succeeded',
      2,
    ]);
  });

  it.each([
    { failing: 'fill', failure: new StepFailure('Error', 'It broke.'), cause: 'It broke.' },
    { failing: 'compare', failure: new StepFailure('Error', 'It broke.'), cause: 'It broke.' },
    // What runs out of time may have no cause.
    { failing: 'fill', failure: withoutCause(), cause: 'States.Timeout' },
    { failing: 'compare', failure: withoutCause(), cause: 'States.Timeout' },
  ])('gives up where it cannot $failing: $cause', async ({ failing, failure, cause }) => {
    const { calls, entered, end } = await walk(machine, INPUT, playing(failing, failure));
    expect(calls.at(-1)?.payload).toEqual({ ...INPUT, step: 'give-up', cause });
    expect(calls.map(stepOf)).not.toContainEqual(expect.objectContaining({ step: 'switch' }));
    expect([entered.slice(-2), end]).toEqual([['Give up', 'Failed'], 'failed']);
  });

  it('does not give up what it could not switch to: nobody knows whether it has', async () => {
    await expect(walk(machine, INPUT, playing('switch'))).rejects.toBeInstanceOf(StepFailure);
  });
});

function withoutCause(): StepFailure {
  const failure = new StepFailure('States.Timeout');
  Reflect.deleteProperty(failure.errorOutput, 'Cause');
  return failure;
}
