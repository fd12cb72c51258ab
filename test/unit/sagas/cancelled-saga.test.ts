import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import type { StoredEvent } from '../../../functions/contracts/event.ts';
import { sagaCanceller } from '../../../functions/sagas/adapters/cancelled-saga.ts';
import { storedEvents } from '../../../functions/shared/platform/log/stored-event.ts';
import { LATER } from '../../../functions/shared/platform/sagas/saga-service.ts';
import { SAGA_ID } from '../../support/sagas/saga-samples.ts';
import type { SagaWorld } from '../../support/sagas/saga-world.ts';
import { bookingService, sagaProcess, sagaWorld, startTrip, storyOf } from '../../support/sagas/saga-world.ts';

const cancelled = () => trip.ports.sagas.record(SAGA_ID, 'CancelSaga', { reason: 'It rains.' });
const MACHINES = 'arn:aws:states:eu-west-1:1:stateMachine:maos-dev-';
const sfn = mockClient(SFNClient);
const wish = { data: { aggregateId: SAGA_ID } } as StoredEvent;

let world: SagaWorld;
let trip: ReturnType<typeof sagaProcess>;
let hear: () => Promise<void>;
function withService({ service }: ReturnType<typeof bookingService>): void {
  trip = sagaProcess(world, service);
  hear = () => sagaCanceller({ ...trip.ports, machines: MACHINES })(wish);
}
beforeEach(async () => {
  sfn.reset();
  world = sagaWorld();
  await startTrip(world);
  withService(bookingService(async () => LATER));
});

describe('a wish that a saga ends', () => {
  it('wakes its machine where a step waits for somebody', async () => {
    await trip.run('flight');
    await cancelled();
    await hear();
    expect(world.answered).toEqual(['STEP_FAILED token-flight']);
    expect((await storyOf(world)).at(-1)).toBe('SagaCancelRequested');
  });

  it('is heard any number of times, with nothing recorded', async () => {
    await trip.run('flight');
    await cancelled();
    const story = await storyOf(world);
    await hear();
    await hear();
    expect([await storyOf(world), new Set(world.answered)]).toEqual([story, new Set(['STEP_FAILED token-flight'])]);
  });

  it('is found by the step itself where that is in mid-call', async () => {
    withService(
      bookingService(async () => {
        await cancelled();
        await hear();
        expect(world.answered).toEqual([]);
        return LATER;
      }),
    );
    await trip.run('flight');
    expect(world.answered).toEqual(['STEP_FAILED token-flight']);
  });

  it('is not missed by both where the step is noted as waiting only a moment later', async () => {
    const { markLater } = trip.ports.tokens;
    trip.ports.tokens.markLater = async (step) => {
      await cancelled();
      await hear();
      await markLater(step);
    };
    await trip.run('flight');
    expect(world.answered).toEqual(['STEP_FAILED token-flight']);
  });

  it('may wake it twice where the step is noted as waiting only a moment before', async () => {
    const { markLater } = trip.ports.tokens;
    trip.ports.tokens.markLater = async (step) => {
      await markLater(step);
      await cancelled();
      await hear();
    };
    await trip.run('flight');
    expect(world.answered).toEqual(['STEP_FAILED token-flight', 'STEP_FAILED token-flight']);
  });

  it.each([
    // Its machine has most likely gone on, and nobody hears of it; if not, it would wait for the step's own limit.
    ['between two steps', ['flight'], ['STEP_FAILED token-flight']],
    ['before its first step', [], []],
  ])('is heard by a saga %s when it goes on', async (_, done, told) => {
    withService(bookingService());
    for (const stepId of done) await trip.run(stepId);
    await cancelled();
    world.answered.length = 0;
    await hear();
    expect(world.answered).toEqual(told);
    await trip.run('check');
    expect(world.answered).toEqual([...told, 'STEP_FAILED token-check']);
  });

  it('of an earlier run is none of the next one’s', async () => {
    withService(bookingService(async () => LATER));
    await cancelled();
    const { sagas } = trip.ports;
    await sagas.record(SAGA_ID, 'EndSaga', { cause: undefined });
    await sagas.record(SAGA_ID, 'ResumeSaga', { fromStep: 'flight', input: {} });
    await trip.run('flight', 'token-2', `${SAGA_ID}-r2-1`);
    await hear();
    expect(world.answered).toEqual([]);
  });

  it('starts a saga whose start was lost, so that it finds its end; one that has started is not started again', async () => {
    await cancelled();
    await hear();
    expect(sfn.commandCalls(StartExecutionCommand).map(({ args }) => args[0].input)).toEqual([
      { stateMachineArn: `${MACHINES}trip`, name: `${SAGA_ID}-1`, input: JSON.stringify({ sagaId: SAGA_ID }) },
    ]);
    sfn.rejects(new ExecutionAlreadyExists({ message: 'there', $metadata: {} }));
    await expect(hear()).resolves.toBeUndefined();
  });

  it('starts nothing where a step has begun', async () => {
    await trip.run('flight');
    await cancelled();
    await hear();
    expect(sfn.commandCalls(StartExecutionCommand)).toEqual([]);
  });

  it('of no saga is nothing', async () => {
    const nowhere = sagaProcess(sagaWorld(), bookingService().service);
    await expect(sagaCanceller({ ...nowhere.ports, machines: MACHINES })(wish)).resolves.toBeUndefined();
  });

  it('comes with every event of the log that says so', async () => {
    await trip.run('flight');
    await cancelled();
    const { commits } = await world.log.load(SAGA_ID);
    const event = commits.flatMap(storedEvents).at(-1) as StoredEvent;
    expect(event.eventType).toBe('domain.SagaCancelRequested');
    await sagaCanceller({ ...trip.ports, machines: MACHINES })(event);
    expect(world.answered).toEqual(['STEP_FAILED token-flight']);
  });
});
