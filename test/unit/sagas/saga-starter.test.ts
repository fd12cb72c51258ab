import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, it } from 'vitest';
import type { StoredEvent } from '../../../functions/contracts/event.ts';
import { sagaStarter } from '../../../functions/sagas/adapters/saga-starter.ts';
import { sagaLog } from '../../../functions/shared/platform/sagas/saga-log.ts';
import type { SagaService } from '../../../functions/shared/platform/sagas/saga-service.ts';
import { ServiceRefusal } from '../../../functions/shared/platform/sagas/saga-service.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import { MACHINES, memoryStepFunctions } from '../../support/sagas/memory-step-functions.ts';
import { SAGA_ID, tripSaga } from '../../support/sagas/saga-samples.ts';
import type { SagaWorld } from '../../support/sagas/saga-world.ts';
import { bookingService, sagaProcess, sagaWorld, startTrip, storyOf } from '../../support/sagas/saga-world.ts';
import { userMachines } from '../../support/sagas/user-machines.ts';

captureLogLines();
const sfn = memoryStepFunctions();
const SHAPE = 'shape-1';
/** Nothing of what it does is undone, so a resume may begin at any of its steps. */
const forwards = { ...tripSaga, steps: tripSaga.steps.map(({ compensation: _, ...step }) => step) };
const refusing = { run: () => Promise.reject(new ServiceRefusal({ code: 'FULL', message: 'There is none.' })) };

let world: SagaWorld;
let on: ReturnType<typeof userMachines>;
beforeEach(() => {
  world = sagaWorld();
  on = userMachines();
});

const sagas = () => sagaLog(world.log);
/** As an environment hears of the saga's start or resume. */
const hear = (sagaId = SAGA_ID, machines = on.environment()) =>
  sagaStarter({ sagas: sagas(), machines })({ data: { aggregateId: sagaId } } as StoredEvent);
const starts = () => sfn.mock.commandCalls(StartExecutionCommand).map(({ args: [{ input }] }) => input);
async function run(more: SagaService, ...stepIds: string[]) {
  const { service } = bookingService();
  for (const stepId of stepIds) await sagaProcess(world, { ...service, ...more }).run(stepId);
}
async function resumedAfter(...done: string[]) {
  await run({}, ...done);
  await run({ book: refusing, look: refusing }, forwards.steps[done.length]?.id ?? '');
  await sagas().record(SAGA_ID, 'EndSaga', { cause: undefined });
  await sagas().record(SAGA_ID, 'ResumeSaga', { input: {}, machine: SHAPE });
}

describe('a saga that a user has started', () => {
  beforeEach(() => startTrip(world, forwards, SHAPE));

  it('begins on the machine of its shape, which is made for it', async () => {
    await hear();
    const input = JSON.stringify({ sagaId: SAGA_ID });
    expect(starts()).toEqual([{ stateMachineArn: `${MACHINES}${SHAPE}`, name: `${SAGA_ID}-1`, input }]);
    expect([...sfn.machines.keys()]).toEqual([`${MACHINES}${SHAPE}`]);
  });

  it('is one execution however often that is heard of, also late', async () => {
    for (let times = 0; times < 4; times += 1) await hear();
    await run({}, 'flight');
    sfn.end(`${SAGA_ID}-1`, new Date());
    await hear();
    expect([starts().length, [...sfn.executions.keys()]]).toEqual([5, [`${SAGA_ID}-1`]]);
  });

  it('that somebody wants to end begins, to find that', async () => {
    await sagas().record(SAGA_ID, 'CancelSaga', { reason: 'It rains.' });
    await hear();
    expect([...sfn.executions.keys()]).toEqual([`${SAGA_ID}-1`]);
  });

  it.each([
    ['completed', () => run({}, 'flight', 'check', 'hotel')],
    ['compensating', () => sagas().record(SAGA_ID, 'StartCompensation', { cause: 'OOPS' })],
    ['failed', () => sagas().record(SAGA_ID, 'EndSaga', { cause: 'OOPS' })],
  ])('does not begin where it is %s', async (status, happens) => {
    await happens();
    expect(await sagas().find(SAGA_ID)).toMatchObject({ status });
    await hear();
    expect(sfn.mock.calls()).toEqual([]);
  });

  it('begins when its machine can be made, and until then is heard of again', async () => {
    const lastUsed = '2026-06-19T12:00:00.000Z';
    await on.registry.use(SHAPE, lastUsed);
    await on.registry.claim({ shape: SHAPE, lastUsed }, '2026-08-19T12:00:00.000Z');
    await expect(hear()).rejects.toThrow('is being removed');
    expect(sfn.mock.calls()).toEqual([]);
    await on.registry.forget(SHAPE);
    await hear();
    expect([...sfn.executions.keys()]).toEqual([`${SAGA_ID}-1`]);
  });

  it('begins on its machine made anew where somebody else has removed that', async () => {
    const machines = on.environment();
    await machines.ready(SHAPE, forwards);
    sfn.machines.clear();
    await expect(hear(SAGA_ID, machines)).rejects.toThrow('none');
    await hear(SAGA_ID, machines);
    expect([sfn.machines.size, [...sfn.executions.keys()]]).toEqual([1, [`${SAGA_ID}-1`]]);
  });

  it('is heard of again where Step Functions cannot be reached', async () => {
    sfn.mock.on(StartExecutionCommand).rejects(new Error('no route'));
    await expect(hear()).rejects.toThrow('no route');
  });
});

describe('a saga that was resumed', () => {
  beforeEach(() => startTrip(world, forwards, SHAPE));

  it.each([
    ['check', ['flight']],
    ['hotel', ['flight', 'check']],
    ['flight', []],
  ])('goes on at its step %s, once', async (startAt, done) => {
    await resumedAfter(...done);
    for (let times = 0; times < 3; times += 1) await hear();
    const input = { sagaId: SAGA_ID, startAt };
    expect([...sfn.executions]).toMatchObject([[`${SAGA_ID}-r2-1`, { input }]]);
  });

  it('is not begun anew where only its start is heard of late', async () => {
    await hear();
    await resumedAfter('flight');
    await hear();
    await sagaProcess(world, bookingService().service).run('check', 'token-2', `${SAGA_ID}-r2-1`);
    expect((await storyOf(world)).at(-1)).toBe('SagaStepCompleted check');
    await hear();
    expect([...sfn.executions.keys()]).toEqual([`${SAGA_ID}-1`, `${SAGA_ID}-r2-1`]);
  });

  it('twice goes on in a third run', async () => {
    await resumedAfter('flight');
    await sagas().record(SAGA_ID, 'EndSaga', { cause: 'OOPS', run: 2 });
    await sagas().record(SAGA_ID, 'ResumeSaga', { fromStep: 'flight', input: {}, machine: SHAPE });
    await hear();
    expect([...sfn.executions]).toMatchObject([[`${SAGA_ID}-r3-1`, { input: { startAt: 'flight' } }]]);
  });
});

describe('what is not to be started here', () => {
  it('is a saga that has a machine of its own', async () => {
    await startTrip(world);
    await hear();
    expect(sfn.mock.calls()).toEqual([]);
  });

  it('is a saga that there is not', async () => {
    await hear('saga_none');
    expect(sfn.mock.calls()).toEqual([]);
  });
});
