import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AgentWork, StepError, TaskStep } from '../../functions/contracts/task-steps.ts';
import type { AslMachine, AslState, Call } from '../support/asl-walk.ts';
import { StepFailure, walk } from '../support/asl-walk.ts';
import { roleGrants } from '../support/grants.ts';
import { plainName, references } from '../support/references.ts';
import { resourcesOf, synthesized } from '../support/synthesized.ts';

const MACHINES = join(import.meta.dirname, '..', '..', 'state-machines');
const require = createRequire(import.meta.url);
const validate: (definition: object) => { isValid: boolean; errorsText: () => string } = require('asl-validator');

const textOf = (file: string): string => readFileSync(join(MACHINES, file), 'utf8');
const machineOf = (file: string): AslMachine => JSON.parse(textOf(file));
const files = globSync('*.asl.json', { cwd: MACHINES });
const tasksOf = (machine: AslMachine): [string, AslState][] =>
  Object.entries(machine.States).filter(([, { Type }]) => Type === 'Task');

/** The state that records a failure has nowhere left to go: it tries again instead. */
const recordsFailure = (machine: AslMachine, { Next }: AslState): boolean =>
  machine.States[Next ?? '']?.Type === 'Fail';

it('there are machines', () => {
  expect(files).toContain('task.asl.json');
});

describe.each(files)('%s', (file) => {
  const machine = machineOf(file);
  const tasks = tasksOf(machine);

  it('is valid Amazon States Language', () => {
    const { isValid, errorsText } = validate(machineOf(file));
    expect(isValid, errorsText()).toBe(true);
  });

  it.each([
    ['a way to nowhere', (state: AslState) => Object.assign(state, { Next: 'Nowhere' })],
    ['an expression that does not parse', (state: AslState) => Object.assign(state, { Output: '{% $states.( %}' })],
    ['a field of the other query language', (state: AslState) => Object.assign(state, { ResultPath: '$.x' })],
  ])('would not be valid with %s', (_, spoil) => {
    const spoilt = machineOf(file);
    spoil(spoilt.States[spoilt.StartAt] as AslState);
    expect(validate(spoilt).isValid).toBe(false);
  });

  it('gives every task a limit of time and a way on when it fails', () => {
    expect(tasks.length).toBeGreaterThan(0);
    for (const [name, state] of tasks) {
      expect(state.TimeoutSeconds, name).toBeGreaterThan(0);
      const everything = (recordsFailure(machine, state) ? state.Retry : state.Catch)?.at(-1);
      expect(everything?.ErrorEquals, name).toEqual(['States.ALL']);
    }
  });

  it('tries again what Lambda itself could not do', () => {
    for (const [name, { Retry }] of tasks) {
      const named = (Retry ?? []).flatMap(({ ErrorEquals }) => ErrorEquals);
      const passing = ['Lambda.ServiceException', 'Lambda.AWSLambdaException', 'Lambda.TooManyRequestsException'];
      expect(named.includes('States.ALL') || passing.every((error) => named.includes(error)), name).toBe(true);
    }
  });

  it('has no state that cannot be reached, and no way that does not end', () => {
    const onward = ({ Next, Catch = [] }: AslState) =>
      [Next, ...Catch.map((one) => one.Next)].filter((to) => to !== undefined);
    const reached = new Set([machine.StartAt]);
    for (const name of reached) for (const to of onward(machine.States[name] as AslState)) reached.add(to);
    expect([...reached].sort()).toEqual(Object.keys(machine.States).sort());
    const ends = ({ Type, End }: AslState) => End === true || Type === 'Succeed' || Type === 'Fail';
    for (const [name, state] of Object.entries(machine.States))
      expect(ends(state), name).toBe(state.Next === undefined);
  });

  it('leaves room in its whole time for every try of every state', () => {
    const waits = ({ Retry = [] }: AslState) =>
      Retry.flatMap((retry) =>
        Array.from({ length: retry.MaxAttempts }, (_, tried) =>
          Math.min(
            retry.IntervalSeconds * retry.BackoffRate ** tried,
            retry.MaxDelaySeconds ?? Number.POSITIVE_INFINITY,
          ),
        ),
      );
    const longest = tasks.map(([, state]) => {
      const between = waits(state);
      return (between.length + 1) * (state.TimeoutSeconds ?? 0) + between.reduce((sum, one) => sum + one, 0);
    });
    expect(machine.TimeoutSeconds).toBeGreaterThan(longest.reduce((sum, one) => sum + one));
  });
});

describe('the machine of a task', () => {
  const run: AgentWork = { taskId: 'task_1', correlationId: 'corr-1', causationId: 'created' };
  const result = { files: [{ path: 'a.js', size: 1, sha256: 'ab', contentType: 'text/javascript' }], summary: 'Done' };
  const assigned = { ...run, causationId: 'assigned' };
  const assign: TaskStep = { ...run, step: 'assign' };
  const work: AgentWork = assigned;
  const complete: TaskStep = { ...assigned, step: 'complete', result };
  const fail = (from: AgentWork, error: StepError): TaskStep => ({ ...from, step: 'fail', error });

  /** Plays the functions, which answer by their contracts, or fail in the named state. */
  const functions = (failing?: string) => (call: Call) => {
    if (call.state === failing) throw new StepFailure('Runtime.HandlerError', '{"errorMessage":"NO_AGENT: none"}');
    return call.token === 'ScaffoldAgent' ? result : { causationId: `${(call.payload as TaskStep).step}ed` };
  };
  const error: StepError = { Error: 'Runtime.HandlerError', Cause: '{"errorMessage":"NO_AGENT: none"}' };

  it('assigns, works and completes, each step caused by the one before', async () => {
    const { calls, end } = await walk(machineOf('task.asl.json'), run, functions());
    expect(calls).toEqual([
      { state: 'Assign', token: 'TaskStep', payload: assign },
      { state: 'Execute', token: 'ScaffoldAgent', payload: work },
      { state: 'Complete', token: 'TaskStep', payload: complete },
    ]);
    expect(end).toBe('succeeded');
  });

  it.each([
    ['Assign', fail(run, error)],
    ['Execute', fail(assigned, error)],
    ['Complete', fail(assigned, error)],
  ])('records the failure of %s with its reason, and ends failed', async (state, payload) => {
    const { calls, end } = await walk(machineOf('task.asl.json'), run, functions(state));
    expect(calls.at(-2)?.state).toBe(state);
    expect(calls.at(-1)).toEqual({ state: 'Fail task', token: 'TaskStep', payload });
    expect(end).toBe('failed');
  });
});

describe('the deployed machine of a task', () => {
  const app = synthesized('dev');
  const read = references(app);
  const [machine] = resourcesOf(app, 'AWS::StepFunctions::StateMachine');
  const { DefinitionSubstitutions, ...Properties } = machine?.[1].Properties ?? {};
  const functionOf = (token: string): string => read(DefinitionSubstitutions[token]);

  it('is the file, word for word', () => {
    expect(Properties.DefinitionString).toBe(textOf('task.asl.json'));
  });

  it('calls the functions that its tokens name', () => {
    const called = Object.keys(DefinitionSubstitutions).map((token) => [token, app.handlers[functionOf(token)]]);
    expect(Object.fromEntries(called)).toEqual({
      TaskStep: 'tasks/handlers/task-step.handler.ts',
      ScaffoldAgent: 'agents/handlers/scaffold-agent.handler.ts',
    });
  });

  it('waits longer for each function than the function may run', () => {
    const resources = Object.fromEntries(resourcesOf(app));
    for (const [name, { Arguments, TimeoutSeconds }] of tasksOf(machineOf('task.asl.json'))) {
      const fn = functionOf(Arguments?.FunctionName.slice(2, -1) ?? '');
      expect(TimeoutSeconds, name).toBeGreaterThan(resources[fn]?.Properties.Timeout);
    }
  });

  it('logs what happens, and no data of it', () => {
    expect(Properties.LoggingConfiguration).toMatchObject({ Level: 'ALL', IncludeExecutionData: false });
    expect(Properties.LoggingConfiguration.Destinations).toHaveLength(1);
    expect(Properties.TracingConfiguration).toEqual({ Enabled: true });
  });

  it('may invoke exactly its functions; on everything, only what log delivery and X-Ray know no resources for', () => {
    const { grants, forbidden } = roleGrants(app, read(Properties.RoleArn));
    const onAll = grants.filter((grant) => grant.endsWith(' *'));
    expect(grants.filter((grant) => !onAll.includes(grant)).map((grant) => grant.split(' ').map(plainName))).toEqual([
      ['lambda:InvokeFunction', 'ScaffoldAgentFunction'],
      ['lambda:InvokeFunction', 'TaskStepFunction'],
    ]);
    expect(onAll.map((grant) => grant.replace(' *', ''))).toEqual([
      'logs:CreateLogDelivery',
      'logs:DeleteLogDelivery',
      'logs:DescribeLogGroups',
      'logs:DescribeResourcePolicies',
      'logs:GetLogDelivery',
      'logs:ListLogDeliveries',
      'logs:PutResourcePolicy',
      'logs:UpdateLogDelivery',
      'xray:GetSamplingRules',
      'xray:GetSamplingTargets',
      'xray:PutTelemetryRecords',
      'xray:PutTraceSegments',
    ]);
    expect(forbidden).toEqual([]);
  });
});
