import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CLOSE, compensationFrom, compileSaga, undoName } from '../../../../functions/contracts/sagas/compile-saga.ts';
import type { SagaDefinition } from '../../../../functions/contracts/sagas/saga-definition.ts';
import type { AslMachine, AslState, Call, Walked } from '../../../support/infra/asl-walk.ts';
import { StepFailure, transitions, walk, waysOn } from '../../../support/infra/asl-walk.ts';
import { anySaga, HOSTILE_IDS, MARK, tripSaga } from '../../../support/sagas/saga-samples.ts';
import { DRILL, runs } from '../../../support/seeds.ts';

const require = createRequire(import.meta.url);
const validate: (definition: object) => { isValid: boolean; errorsText: () => string } = require('asl-validator');
const ROOT = join(import.meta.dirname, '..', '..', '..', '..');
const taskSaga = JSON.parse(readFileSync(join(ROOT, 'state-machines', 'task.saga.json'), 'utf8')) as SagaDefinition;

const compiled = (saga: SagaDefinition) =>
  compileSaga(saga, { service: (name) => `arn:${name}`, close: 'arn:close' }) as unknown as AslMachine;
/** As it comes to Step Functions: through JSON. */
const deployed = (saga: SagaDefinition): AslMachine => JSON.parse(JSON.stringify(compiled(saga)));

const failingAt =
  (stepId: string | undefined, error = 'OOPS') =>
  (call: Call) => {
    if (call.state === stepId) throw new StepFailure(error);
    return { ok: true };
  };
const statesOf = ({ calls }: Walked) => calls.map(({ state }) => state);
const stepTo = (saga: SagaDefinition, last: number) => saga.steps.slice(0, last + 1);
const undosDownFrom = (saga: SagaDefinition, last: number) =>
  stepTo(saga, last)
    .filter(({ compensation }) => compensation !== undefined)
    .map(({ id }) => undoName(id))
    .reverse();

const hostileSaga: SagaDefinition = {
  ...tripSaga,
  steps: HOSTILE_IDS.map((id) => ({ id, service: 'one', action: 'do', input: {}, compensation: 'undo' })),
};

describe('the machine of the task saga', () => {
  it('is valid Amazon States Language', () => {
    const { isValid, errorsText } = validate(deployed(taskSaga));
    expect(isValid, errorsText()).toBe(true);
  });

  it('calls each service with ids and a token, no more', async () => {
    const { calls, end } = await walk(deployed(taskSaga), { sagaId: 'saga_1' }, failingAt(undefined));
    const run = (stepId: string) => ({
      do: 'run',
      sagaId: 'saga_1',
      stepId,
      execution: 'saga_1-1',
      token: `token of ${stepId}`,
    });
    expect(calls).toEqual([
      { state: 'assign', token: 'arn:agent-service', payload: run('assign') },
      { state: 'execute', token: 'arn:agent-service', payload: run('execute') },
      { state: 'store', token: 'arn:storage-service', payload: run('store') },
    ]);
    expect(end).toBe('succeeded');
  });

  it.each([
    ['assign', ['assign']],
    ['execute', ['assign']],
    ['store', ['store', 'assign']],
  ])('undoes after a failure of %s what may have been done, and closes', async (failing, undone) => {
    const { calls, end } = await walk(deployed(taskSaga), { sagaId: 'saga_1' }, failingAt(failing, 'States.Timeout'));
    const services: Record<string, string> = { assign: 'arn:agent-service', store: 'arn:storage-service' };
    const cause = { sagaId: 'saga_1', execution: 'saga_1-1', cause: 'States.Timeout' };
    const behind = calls.slice(calls.findIndex(({ state }) => state === failing) + 1);
    expect(behind).toEqual([
      ...undone.map((stepId) => ({
        state: `Undo ${stepId}`,
        token: services[stepId],
        payload: { do: 'undo', stepId, ...cause },
      })),
      { state: CLOSE, token: 'arn:close', payload: cause },
    ]);
    expect(end).toBe('failed');
  });
});

describe('the machine of any saga', () => {
  const check = (property: (saga: SagaDefinition) => Promise<void> | void) =>
    fc.assert(
      fc.asyncProperty(anySaga, async (saga) => property(saga)),
      { numRuns: runs() },
    );

  it('is valid', DRILL, () =>
    fc.assert(
      fc.property(anySaga, (saga) => {
        const { isValid, errorsText } = validate(deployed(saga));
        expect(isValid, errorsText()).toBe(true);
      }),
      // The validator takes a quarter of a second, however small the machine.
      { numRuns: runs() / 10, examples: [[hostileSaga]] },
    ),
  );

  it('has no state that cannot be reached, and no way that does not end', DRILL, () =>
    check((saga) => {
      const machine = deployed(saga);
      const reached = new Set([machine.StartAt]);
      for (const name of reached) for (const way of waysOn(machine.States[name] as AslState)) reached.add(way);
      expect([...reached].sort()).toEqual(Object.keys(machine.States).sort());
      const ends = Object.values(machine.States).filter((state) => waysOn(state).length === 0);
      expect(ends.map(({ Type, End }) => End === true || Type === 'Fail')).not.toContain(false);
    }),
  );

  it('holds nothing of the texts in its definition', DRILL, () =>
    check((saga) => {
      const steps = saga.steps.map((step) => ({
        ...step,
        action: 'do',
        input: {},
        ...(step.compensation === undefined ? {} : { compensation: 'undo' }),
      }));
      const text = JSON.stringify(compiled(saga));
      expect(text).not.toContain(MARK);
      expect(text).toBe(JSON.stringify(compiled({ ...saga, name: '', steps })));
    }),
  );

  it('goes through all steps, at no more than 1.3 transitions a step', DRILL, () =>
    check(async (saga) => {
      const walked = await walk(deployed(saga), { sagaId: 'saga_1' }, failingAt(undefined));
      expect(walked.end).toBe('succeeded');
      expect(statesOf(walked)).toEqual(saga.steps.map(({ id }) => id));
      expect(transitions(walked)).toBeLessThanOrEqual(1.3 * (saga.steps.length + 2));
    }),
  );

  it('undoes from wherever it fails down to the first step, at no more than 2.3 transitions a step', DRILL, () =>
    check(async (saga) => {
      const machine = deployed(saga);
      for (const [index, { id }] of saga.steps.entries()) {
        const walked = await walk(machine, { sagaId: 'saga_1' }, failingAt(id));
        expect(walked.end).toBe('failed');
        expect(walked.entered.at(-1)).toBe('Saga failed');
        const begun = stepTo(saga, index).map((step) => step.id);
        expect(statesOf(walked)).toEqual([...begun, ...undosDownFrom(saga, index), CLOSE]);
        expect(transitions(walked)).toBeLessThanOrEqual(2.3 * (saga.steps.length + 2));
      }
    }),
  );

  it('begins at whatever state its input names', DRILL, () =>
    check(async (saga) => {
      const machine = deployed(saga);
      for (const [index, { id }] of saga.steps.entries()) {
        const resumed = await walk(machine, { sagaId: 'saga_1', startAt: id }, failingAt(undefined));
        expect(statesOf(resumed)).toEqual(saga.steps.slice(index).map((step) => step.id));
        const startAt = compensationFrom(saga, id);
        const picked = await walk(machine, { sagaId: 'saga_1', startAt, cause: 'ABORTED' }, failingAt(undefined));
        expect([statesOf(picked), picked.end]).toEqual([[...undosDownFrom(saga, index), CLOSE], 'failed']);
        expect(picked.calls.at(-1)?.payload).toEqual({ sagaId: 'saga_1', execution: 'saga_1-1', cause: 'ABORTED' });
      }
    }),
  );

  it(
    'has a step whose breaker is open come again all through its time, and not so often that the execution ends of it',
    DRILL,
    () =>
      check((saga) => {
        for (const { id, timeout = 30_000 } of saga.steps) {
          const [again] = deployed(saga).States[id]?.Retry ?? [];
          const limit = Math.min(timeout, saga.timeout);
          expect(again).toMatchObject({ ErrorEquals: ['STEP_DEFERRED'], BackoffRate: 1 });
          const { IntervalSeconds = 0, MaxAttempts = 0 } = again ?? {};
          expect(IntervalSeconds * 1000).toBeLessThanOrEqual(Math.max(2000, limit / 10));
          expect(IntervalSeconds * 1000 * MaxAttempts).toBeGreaterThanOrEqual(Math.min(limit, 48 * 3600 * 1000));
          // An execution's history ends there (Step Functions quotas); a try of a step that waits for its token makes five events.
          expect(5 * MaxAttempts).toBeLessThan(25_000);
        }
      }),
  );

  it('gives each step its own limit in whole seconds, and five more', DRILL, () =>
    check((saga) => {
      const { States } = deployed(saga);
      for (const { id, timeout = 30_000 } of saga.steps) {
        expect(States[id]?.TimeoutSeconds).toBe(Math.ceil(Math.min(timeout, saga.timeout) / 1000) + 5);
      }
    }),
  );
});

describe('a step of the machine', () => {
  const { States } = deployed(tripSaga);
  const namedIn = (name: string) => (States[name]?.Retry ?? []).flatMap(({ ErrorEquals }) => ErrorEquals);

  it('is tried again whatever became of its call, never where its service answered or its time is over', () => {
    expect(namedIn('flight')).toEqual([
      ...['STEP_DEFERRED', 'STEP_FAILED'],
      ...['Lambda.TooManyRequestsException', 'States.TaskFailed'],
    ]);
    expect(States.flight?.Retry?.find(({ ErrorEquals: [name] }) => name === 'STEP_FAILED')?.MaxAttempts).toBe(0);
  });

  it.each([undoName('flight'), undoName('hotel'), CLOSE])('that must not be lost is tried again: %s', (name) => {
    expect(namedIn(name)).toEqual(['States.ALL']);
    expect(States[name]?.Catch).toBeUndefined();
  });

  it('is not begun at where nothing has begun', () => {
    expect(compensationFrom(tripSaga, undefined)).toBe(CLOSE);
    expect(compensationFrom(tripSaga, 'unknown')).toBe(CLOSE);
    expect(compensationFrom(tripSaga, 'check')).toBe(undoName('flight'));
  });
});
