import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sagaSweep } from '../../../functions/sagas/adapters/saga-sweep.ts';
import { sagaLog } from '../../../functions/shared/platform/sagas/saga-log.ts';
import { LATER } from '../../../functions/shared/platform/sagas/saga-service.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import { MACHINES, memoryStepFunctions } from '../../support/sagas/memory-step-functions.ts';
import { SAGA_ID, sagaCommand, tripSaga } from '../../support/sagas/saga-samples.ts';
import type { SagaWorld } from '../../support/sagas/saga-world.ts';
import { bookingService, sagaProcess, sagaWorld, startTrip, storyOf } from '../../support/sagas/saga-world.ts';
import { userMachines } from '../../support/sagas/user-machines.ts';

const logs = captureLogLines();
const sfn = memoryStepFunctions();
const MINUTE = 60_000;
const START = Date.parse('2026-08-19T10:00:00.000Z');
const SHAPE = 'shape-1';
const FIRST = `${SAGA_ID}-1`;

let world: SagaWorld;
let on: ReturnType<typeof userMachines>;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START });
  world = sagaWorld();
  on = userMachines();
  await startTrip(world, tripSaga, SHAPE);
});
afterEach(() => {
  vi.useRealTimers();
});

const sagas = () => sagaLog(world.log);
const trip = () => sagaProcess(world, bookingService().service);
/** A sweep so long after the saga's start. */
async function swept(ms: number, ids = [SAGA_ID]): Promise<void> {
  vi.setSystemTime(START + ms);
  const open = async function* () {
    yield* ids;
  };
  const { tokens, answers } = trip().ports;
  const ports = { sagas: sagas(), tokens, answers, machines: on.environment(), arnPrefix: MACHINES, now: Date.now };
  await sagaSweep({ ...ports, open })();
}
/** Executions that were started in this order, each with the minute of its end; `null`: it runs. */
function executions(all: Record<string, number | null>, machine = SHAPE): void {
  for (const [name, minute] of Object.entries(all)) {
    const began = { stateMachineArn: `${MACHINES}${machine}`, status: 'RUNNING', input: {} };
    sfn.executions.set(name, began);
    if (minute !== null) sfn.end(name, new Date(START + minute * MINUTE));
  }
}
const newSince = (count: number) => [...sfn.executions].slice(count).map(([name, { input }]) => [name, input]);

describe('a saga whose machine was not told what became of its step', () => {
  it('has it told, once the saga is older than ten minutes', async () => {
    executions({ [FIRST]: null });
    await trip().run('flight');
    world.answered.length = 0;
    await swept(10 * MINUTE + 1);
    expect(world.answered).toEqual(['ok token-flight']);
    expect(newSince(1)).toEqual([]);
  });
});

describe('a saga whose machine never began', () => {
  it('begins where it was started more than ten minutes ago', async () => {
    await swept(10 * MINUTE + 1);
    expect(newSince(0)).toEqual([[FIRST, { sagaId: SAGA_ID }]]);
    expect([...sfn.machines.keys()]).toEqual([`${MACHINES}${SHAPE}`]);
    expect(logs.lines()).toContainEqual(expect.objectContaining({ message: 'A saga stood still', sagaId: SAGA_ID }));
  });

  it('has ten minutes, as its start may be on its way', async () => {
    await swept(10 * MINUTE);
    expect(sfn.mock.calls()).toEqual([]);
  });

  it('has ten minutes after a resume, too, and then goes on at its step', async () => {
    await sagas().record(SAGA_ID, 'EndSaga', { cause: 'OOPS' });
    vi.setSystemTime(START + 60 * MINUTE);
    await sagas().record(SAGA_ID, 'ResumeSaga', { fromStep: 'flight', input: {} });
    executions({ [FIRST]: 1 });
    await swept(70 * MINUTE);
    expect(newSince(1)).toEqual([]);
    await swept(71 * MINUTE);
    expect(newSince(1)).toEqual([[`${SAGA_ID}-r2-1`, { sagaId: SAGA_ID, startAt: 'flight' }]]);
  });

  it('begins at the step that it was resumed from, with what was done before left alone', async () => {
    await trip().run('flight');
    await sagas().record(SAGA_ID, 'StartStep', { stepId: 'check' });
    await sagas().record(SAGA_ID, 'FailStep', { stepId: 'check', error: { code: 'FULL', message: 'No.' } });
    await sagas().record(SAGA_ID, 'EndSaga', { cause: undefined });
    await sagas().record(SAGA_ID, 'ResumeSaga', { fromStep: 'check', input: {} });
    await swept(11 * MINUTE);
    expect(newSince(0)).toEqual([[`${SAGA_ID}-r2-1`, { sagaId: SAGA_ID, startAt: 'check' }]]);
    expect((await storyOf(world)).at(-1)).toBe('SagaResumed');
  });

  it('begins once, however often it is swept', async () => {
    await swept(11 * MINUTE);
    await swept(71 * MINUTE);
    expect([...sfn.executions.keys()]).toEqual([FIRST]);
    expect(await storyOf(world)).toEqual(['SagaStarted']);
  });
});

describe('a saga whose execution', () => {
  it('runs is left alone, however long', async () => {
    executions({ [FIRST]: null });
    await swept(48 * 60 * MINUTE);
    expect([newSince(1), await storyOf(world)]).toEqual([[], ['SagaStarted']]);
  });

  it.each(['ABORTED', 'TIMED_OUT', 'FAILED'])('ended as %s more than ten minutes ago turns back', async (status) => {
    await trip().run('flight');
    executions({ [FIRST]: 5 });
    sfn.end(FIRST, new Date(START + 5 * MINUTE), status);
    await swept(15 * MINUTE + 1);
    expect(newSince(1)).toEqual([[`${SAGA_ID}-2`, { sagaId: SAGA_ID, startAt: 'Undo flight', cause: status }]]);
    expect((await storyOf(world)).at(-1)).toBe('SagaCompensationStarted');
  });

  it('ended up to ten minutes ago is left to the event that tells of it', async () => {
    executions({ [FIRST]: 5 });
    await swept(15 * MINUTE);
    expect([newSince(1), await storyOf(world)]).toEqual([[], ['SagaStarted']]);
  });

  it('was cut off on its way back goes on with that', async () => {
    const { run, undo } = sagaProcess(world, bookingService(async () => LATER).service);
    await run('flight');
    await undo('flight', 'OOPS');
    executions({ [FIRST]: 1 });
    await swept(20 * MINUTE);
    expect(newSince(1)).toMatchObject([[`${SAGA_ID}-2`, { startAt: 'Undo flight' }]]);
  });

  it.each([
    ['runs', { 1: 1, 2: null }, undefined],
    ['has just ended', { 1: 1, 2: 2, 3: 25 }, undefined],
    ['ended long ago', { 1: 1, 2: 2, 3: 3 }, `${SAGA_ID}-4`],
  ])('is not the newest is judged by that: it %s', async (_, all: Record<string, number | null>, next) => {
    const named = Object.fromEntries(Object.entries(all).map(([number, end]) => [`${SAGA_ID}-${number}`, end]));
    executions(named);
    await swept(30 * MINUTE);
    const found = newSince(Object.keys(all).length).map(([name]) => name);
    expect(found).toEqual(next === undefined ? [] : [next]);
  });

  it('is of an earlier run says nothing', async () => {
    await sagas().record(SAGA_ID, 'EndSaga', { cause: 'OOPS' });
    await sagas().record(SAGA_ID, 'ResumeSaga', { fromStep: 'flight', input: {} });
    executions({ [FIRST]: 1, [`${SAGA_ID}-r2-1`]: null });
    await swept(60 * MINUTE);
    expect(newSince(2)).toEqual([]);
    sfn.end(`${SAGA_ID}-r2-1`, new Date(START + 61 * MINUTE));
    await swept(72 * MINUTE);
    expect(newSince(2)).toMatchObject([[`${SAGA_ID}-r2-2`, { startAt: 'Close saga' }]]);
  });
});

describe('a saga that cannot be picked up', () => {
  it('is looked at again, and somebody hears of it', async () => {
    sfn.mock.on(DescribeExecutionCommand).rejectsOnce(new Error('slow down'));
    await expect(swept(20 * MINUTE)).rejects.toThrow('1 sagas stand still');
    expect([[...sfn.executions], logs.text()]).toEqual([[], expect.stringContaining('slow down')]);
  });

  it('keeps no other from being picked up', async () => {
    const cutOff = Array.from({ length: 20 }, (_, index) => [`${SAGA_ID}-${index + 1}`, 1]);
    executions(Object.fromEntries(cutOff));
    const payload = { definition: tripSaga, data: {}, machine: SHAPE };
    const other = { ...sagaCommand('StartSaga', payload), aggregateId: 'saga_other' };
    await sagas().handle(other);
    await expect(swept(60 * MINUTE, [SAGA_ID, 'saga_other'])).rejects.toThrow('1 sagas stand still');
    expect(newSince(20)).toEqual([['saga_other-1', { sagaId: 'saga_other' }]]);
  });
});

describe('what lists name besides', () => {
  it.each([
    ['has ended', () => sagas().record(SAGA_ID, 'EndSaga', { cause: 'OOPS' })],
    [
      'is done',
      async () => {
        for (const stepId of ['flight', 'check', 'hotel']) await trip().run(stepId);
      },
    ],
  ])('is let be where it %s', async (_, happens) => {
    await happens();
    await swept(60 * MINUTE);
    expect(sfn.mock.calls()).toEqual([]);
  });

  it('is let be where there is no such saga, and keeps no other from being looked at', async () => {
    await swept(60 * MINUTE, ['saga_none', SAGA_ID]);
    expect([...sfn.executions.keys()]).toEqual([FIRST]);
  });
});

describe('a saga of ours', () => {
  beforeEach(async () => {
    world = sagaWorld();
    await startTrip(world);
  });

  it('begins on the machine of its definition, which is there', async () => {
    sfn.machines.set(`${MACHINES}trip`, {});
    await swept(11 * MINUTE);
    expect([...sfn.executions]).toMatchObject([[FIRST, { stateMachineArn: `${MACHINES}trip` }]]);
    expect([on.row('trip'), sfn.machines.size]).toEqual([undefined, 1]);
  });

  it('turns back on it', async () => {
    sfn.machines.set(`${MACHINES}trip`, {});
    executions({ [FIRST]: 1 }, 'trip');
    await swept(12 * MINUTE);
    expect([...sfn.executions].at(-1)).toMatchObject([`${SAGA_ID}-2`, { stateMachineArn: `${MACHINES}trip` }]);
  });
});
