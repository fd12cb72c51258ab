import { SendTaskFailureCommand, SendTaskSuccessCommand, SFNClient } from '@aws-sdk/client-sfn';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Context } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ENV } from '../../../../functions/contracts/env.ts';
import type { HealthCall, SagaCall } from '../../../../functions/contracts/sagas/saga-calls.ts';
import type { SagaService } from '../../../../functions/shared/platform/sagas/saga-service.ts';
import { ServiceRefusal } from '../../../../functions/shared/platform/sagas/saga-service.ts';
import { sagaServicePipeline } from '../../../../functions/shared/platform/sagas/saga-service-pipeline.ts';
import { captureLogLines } from '../../../support/log-lines.ts';
import { SAGA_ID } from '../../../support/sagas/saga-samples.ts';
import type { SagaWorld } from '../../../support/sagas/saga-world.ts';
import { bookingService, guardAgainst, sagaWorld, startTrip, storyOf } from '../../../support/sagas/saga-world.ts';

const logs = captureLogLines();
const sfn = mockClient(SFNClient);
const sqs = mockClient(SQSClient);

let world: SagaWorld;
beforeEach(async () => {
  sfn.reset();
  sqs.reset();
  vi.stubEnv(ENV.deadLetterQueue, 'https://queues.example/letters');
  world = sagaWorld();
  await startTrip(world);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const run: SagaCall = { do: 'run', sagaId: SAGA_ID, stepId: 'flight', token: 'a-secret-token' };
const undo: SagaCall = { do: 'undo', sagaId: SAGA_ID, stepId: 'flight', cause: 'OOPS' };
const call = (service: SagaService, event: SagaCall | HealthCall, checkHealth = async () => {}) =>
  sagaServicePipeline(service, { ...world, breaker: guardAgainst(world.refused), checkHealth })(event, {} as Context);

describe("the function of a saga's service", () => {
  it('runs a step and undoes it, as the machine says', async () => {
    const { service } = bookingService();
    await call(service, run);
    await call(service, undo);
    expect((await storyOf(world)).slice(1)).toEqual([
      'SagaStepStarted flight',
      'SagaStepCompleted flight',
      'SagaCompensationStarted',
      'SagaStepCompensated flight',
    ]);
    expect(sfn.commandCalls(SendTaskSuccessCommand)).toHaveLength(1);
    expect(sqs.calls()).toEqual([]);
  });

  it('answers by the token what its service refused, and is no error', async () => {
    const refusal = new ServiceRefusal({ code: 'FULL', message: 'There is no seat.' });
    await call(bookingService(() => Promise.reject(refusal)).service, run);
    expect(sfn.commandCalls(SendTaskFailureCommand)[0]?.args[0].input.error).toBe('STEP_FAILED');
  });

  it('sends a compensation that failed to the dead letters', async () => {
    const { service } = bookingService();
    await call(service, run);
    await call({ ...service, unbook: { run: () => Promise.reject(new Error('no')) } }, undo);
    const [letter] = sqs.commandCalls(SendMessageCommand).map(({ args: [{ input }] }) => input);
    expect(letter?.QueueUrl).toBe('https://queues.example/letters');
    expect(JSON.parse(letter?.MessageBody ?? '')).toMatchObject({ eventType: 'saga.unbook' });
  });

  it('that was cut off errs by the name that its machine tries again, with its reason in the log only', async () => {
    sfn.on(SendTaskSuccessCommand).rejects(new Error('no route'));
    const { service, calls } = bookingService();
    await expect(call(service, run)).rejects.toMatchObject({ name: 'STEP_INTERRUPTED' });
    expect(logs.lines()).toMatchObject([
      { level: 'ERROR', message: 'Step interrupted', sagaId: SAGA_ID, stepId: 'flight' },
    ]);
    sfn.reset();
    await call(service, run);
    expect([calls.length, sfn.commandCalls(SendTaskSuccessCommand).length]).toEqual([1, 1]);
  });

  it('logs no token', async () => {
    const broken = { ...world.log, load: () => Promise.reject(new Error('the table is gone')) };
    world = { ...world, log: broken };
    await expect(call(bookingService().service, run)).rejects.toThrow('the table is gone');
    expect(logs.text()).not.toContain('a-secret-token');
  });

  it('tells how the service is, without a saga', async () => {
    const { service, calls } = bookingService();
    await call(service, { do: 'health' });
    const sick = async () => Promise.reject(new Error('the table is gone'));
    await expect(call(service, { do: 'health' }, sick)).rejects.toThrow('the table is gone');
    expect(calls).toEqual([]);
    expect(logs.lines()).toMatchObject([{ level: 'ERROR', message: 'Not well' }]);
  });

  it('sends a step back whose breaker is open, and keeps an undo until it is not', async () => {
    const { service, calls } = bookingService();
    world.refused.add('booking');
    await call(service, run);
    expect(sfn.commandCalls(SendTaskFailureCommand).map(({ args }) => args[0].input.error)).toEqual(['STEP_DEFERRED']);
    await expect(call(service, undo)).rejects.toMatchObject({ name: 'STEP_INTERRUPTED' });
    expect([calls, sqs.calls()]).toEqual([[], []]);
  });
});
