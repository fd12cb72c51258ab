import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { executionName, executionOf } from '../../../functions/contracts/sagas/execution-names.ts';
import { sagaCloser } from '../../../functions/sagas/adapters/close-saga.ts';
import { interruptedSaga } from '../../../functions/sagas/adapters/interrupted-saga.ts';
import { nextExecution } from '../../../functions/sagas/domain/interrupted-saga.ts';
import { sagaLog } from '../../../functions/shared/platform/sagas/saga-log.ts';
import { LATER } from '../../../functions/shared/platform/sagas/saga-service.ts';
import { SAGA_ID } from '../../support/sagas/saga-samples.ts';
import type { SagaWorld } from '../../support/sagas/saga-world.ts';
import { bookingService, sagaProcess, sagaWorld, startTrip } from '../../support/sagas/saga-world.ts';

const sfn = mockClient(SFNClient);
const MACHINE = 'arn:aws:states:eu-west-1:123456789012:stateMachine:maos-dev-trip';

let world: SagaWorld;
beforeEach(async () => {
  sfn.reset();
  world = sagaWorld();
  await startTrip(world);
});

const heard = (name = `${SAGA_ID}-1`, status = 'ABORTED') =>
  interruptedSaga(sagaLog(world.log))({ stateMachineArn: MACHINE, name, status });
const started = () =>
  sfn.commandCalls(StartExecutionCommand).map(({ args: [{ input }] }) => ({
    machine: input.stateMachineArn,
    name: input.name,
    input: JSON.parse(input.input ?? ''),
  }));
const run = async (...stepIds: string[]) => {
  for (const stepId of stepIds) await sagaProcess(world, bookingService().service).run(stepId);
};
const close = () => sagaCloser(sagaLog(world.log))({ sagaId: SAGA_ID, cause: 'OOPS' });

describe('an execution that was cut off', () => {
  it.each([
    ['before its first step', [], 'Close saga'],
    ['behind its first step', ['flight'], 'Undo flight'],
    ['behind a step without an undo of its own', ['flight', 'check'], 'Undo flight'],
  ])('%s is followed by the next, which begins at the nearest undo', async (_, done, startAt) => {
    await run(...done);
    await heard();
    const input = { sagaId: SAGA_ID, startAt, cause: 'ABORTED' };
    expect(started()).toEqual([{ machine: MACHINE, name: `${SAGA_ID}-2`, input }]);
  });

  it('in a step is followed at the undo of that very step', async () => {
    await run('flight', 'check');
    await sagaProcess(world, bookingService(async () => LATER).service).run('hotel');
    await heard(`${SAGA_ID}-1`, 'TIMED_OUT');
    expect(started()).toMatchObject([{ input: { startAt: 'Undo hotel', cause: 'TIMED_OUT' } }]);
  });

  it('lets no step begin any more, also before there is anything to undo', async () => {
    await heard();
    const { service, calls } = bookingService();
    await sagaProcess(world, service).run('flight');
    expect(calls).toEqual([]);
    expect(await sagaLog(world.log).find(SAGA_ID)).toMatchObject({ status: 'compensating', steps: new Map() });
  });

  it('on its way back is followed on its way back', async () => {
    await run('flight');
    await sagaProcess(world, bookingService().service).undo('flight');
    await heard(`${SAGA_ID}-7`);
    expect(started()).toMatchObject([{ name: `${SAGA_ID}-8`, input: { startAt: 'Undo flight' } }]);
  });

  it('is followed by the same one however often it is heard of', async () => {
    await heard();
    sfn.on(StartExecutionCommand).rejects(new ExecutionAlreadyExists({ message: 'twice', $metadata: {} }));
    await heard();
    expect(new Set(started().map(({ name }) => name))).toEqual(new Set([`${SAGA_ID}-2`]));
  });

  it('is heard of again where Step Functions cannot be reached', async () => {
    sfn.on(StartExecutionCommand).rejects(new Error('no route'));
    await expect(heard()).rejects.toThrow('no route');
  });

  it.each([
    ['completed', () => run('flight', 'check', 'hotel')],
    ['failed', close],
  ])('is no news where its saga has %s, also at the last one', async (_, end) => {
    await end();
    await heard(`${SAGA_ID}-1`, 'FAILED');
    await heard(`${SAGA_ID}-20`, 'FAILED');
    expect(started()).toEqual([]);
  });

  it('is no news where there is no such saga', async () => {
    world = sagaWorld();
    await heard();
    expect(started()).toEqual([]);
  });

  it('is followed 19 times, and then somebody has to look', async () => {
    await heard(`${SAGA_ID}-19`);
    expect(started()).toMatchObject([{ name: `${SAGA_ID}-20` }]);
    await expect(heard(`${SAGA_ID}-20`)).rejects.toThrow(`${SAGA_ID} was cut off 20 times`);
    expect(started()).toHaveLength(1);
  });
});

describe('the name of an execution', () => {
  it('says its saga and its number', () => {
    expect([executionOf('saga_a-12').sagaId, nextExecution('saga_a-12')]).toEqual(['saga_a', 'saga_a-13']);
  });

  it('says which run of its saga it is of, where that is not the first', () => {
    for (const run of [1, 2, 12]) {
      const one = { sagaId: 'saga_a', run, number: 3 };
      expect(executionOf(executionName(one))).toEqual(one);
    }
    expect(nextExecution('saga_a-r2-1')).toBe('saga_a-r2-2');
  });

  it.each(['', 'saga_1', '-1', 'saga_1-x', 'saga_1-', 'saga_1-r-1', 'saga_1-2-1'])('is no other: "%s"', (name) => {
    expect(() => executionOf(name)).toThrow(`The execution ${name} is no saga's.`);
  });
});
