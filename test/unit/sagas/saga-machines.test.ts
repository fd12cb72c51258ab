import {
  CreateStateMachineCommand,
  StateMachineAlreadyExists,
  StateMachineDeleting,
  UpdateStateMachineCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { compileSaga } from '../../../functions/contracts/sagas/compile-saga.ts';
import { MACHINES, memoryStepFunctions } from '../../support/sagas/memory-step-functions.ts';
import { tripSaga } from '../../support/sagas/saga-samples.ts';
import { SETTINGS, userMachines } from '../../support/sagas/user-machines.ts';

const sfn = memoryStepFunctions();
const START = Date.parse('2026-08-19T10:00:00.000Z');
const DAY = 24 * 3_600_000;
const NOON = '2026-08-19T12:00:00.000Z';
const SHAPE = 'shape-1';
const ARN = `${MACHINES}${SHAPE}`;
const $metadata = {};

let on: ReturnType<typeof userMachines>;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: START });
  on = userMachines();
});
afterEach(() => {
  vi.useRealTimers();
});

const ready = (machines = on.machines) => machines.ready(SHAPE, tripSaga);
const told = () => sfn.mock.calls().map(({ args: [command] }) => command.constructor.name);
const [CREATE, UPDATE] = [CreateStateMachineCommand.name, UpdateStateMachineCommand.name];

describe('the machine of a shape', () => {
  it('is made when it is first needed, with the definition compiled, and without a word of what its sagas hold', async () => {
    expect(await ready()).toBe(ARN);
    expect(sfn.mock.commandCalls(CreateStateMachineCommand).map(({ args: [{ input }] }) => input)).toEqual([
      {
        name: 'maos-test-shape-1',
        type: 'STANDARD',
        definition: JSON.stringify(compileSaga(tripSaga, SETTINGS.functions)),
        roleArn: 'arn:role',
        tracingConfiguration: { enabled: true },
        loggingConfiguration: {
          level: 'ALL',
          includeExecutionData: false,
          destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: 'arn:logs' } }],
        },
      },
    ]);
    expect(on.row(SHAPE)).toMatchObject({ lastUsed: new Date(START).toISOString(), madeFrom: expect.any(String) });
  });

  it('is made once, by whichever environment', async () => {
    for (const machines of [on.machines, on.machines, on.environment()]) expect(await ready(machines)).toBe(ARN);
    expect(told()).toEqual([CREATE]);
  });

  it('is made by two at once, and is the same', async () => {
    const arns = await Promise.all([ready(), ready(on.environment())]);
    expect([arns, sfn.machines.size]).toEqual([[ARN, ARN], 1]);
  });

  it('is the one of whoever comes second where two deployments make it at once', async () => {
    const newer = on.environment({ functions: { ...SETTINGS.functions, close: 'arn:new' } });
    vi.spyOn(on.registry, 'use').mockResolvedValue({ madeFrom: undefined });
    expect(await Promise.all([ready(), ready(newer)])).toEqual([ARN, ARN]);
    expect(told()).toEqual([CREATE, CREATE, UPDATE]);
    expect(JSON.stringify(sfn.machines.get(ARN))).toContain('arn:new');
  });

  it.each([
    ['functions', { functions: { ...SETTINGS.functions, close: 'arn:new' } }],
    ['log group', { logGroupArn: 'arn:new' }],
  ])('is brought up to date where an earlier deployment made it with another %s', async (_, settings) => {
    await ready();
    const newer = on.environment(settings);
    expect([await ready(newer), await ready(newer)]).toEqual([ARN, ARN]);
    expect(told()).toEqual([CREATE, UPDATE]);
    expect(JSON.stringify(sfn.machines.get(ARN))).toContain('arn:new');
    expect(await ready(on.environment(settings))).toBe(ARN);
    expect(told()).toHaveLength(2);
  });

  it('is made anew where it is not there any more, although it was to be brought up to date', async () => {
    await ready();
    sfn.machines.clear();
    const newer = on.environment({ logGroupArn: 'arn:new' });
    expect(await ready(newer)).toBe(ARN);
    expect(told()).toEqual([CREATE, UPDATE, CREATE]);
  });

  it('of another shape is another', async () => {
    await ready();
    expect(await on.machines.ready('shape-2', tripSaga)).toBe(`${MACHINES}shape-2`);
    expect([...sfn.machines.keys()]).toEqual([ARN, `${MACHINES}shape-2`]);
  });
});

describe('the use of a machine', () => {
  it('is noted once a day, and then without making it again', async () => {
    await ready();
    vi.setSystemTime(START + DAY - 1);
    await ready();
    expect(on.row(SHAPE)).toMatchObject({ lastUsed: new Date(START).toISOString() });
    vi.setSystemTime(START + DAY);
    await ready();
    expect(on.row(SHAPE)).toMatchObject({ lastUsed: new Date(START + DAY).toISOString() });
    expect(told()).toEqual([CREATE]);
  });

  it('has to wait while it is being removed, and makes it again after that', async () => {
    const lastUsed = '2026-06-19T12:00:00.000Z';
    await on.registry.use(SHAPE, lastUsed);
    await on.registry.claim({ shape: SHAPE, lastUsed }, NOON);
    await expect(ready()).rejects.toThrow('The machine shape-1 is being removed');
    expect(told()).toEqual([]);
    await on.registry.forget(SHAPE);
    expect([await ready(), told()]).toEqual([ARN, [CREATE]]);
  });
});

it('a machine that was lost is made anew by the next one to need it', async () => {
  await ready();
  sfn.machines.clear();
  await on.machines.lost(SHAPE);
  expect([await ready(), await ready(), told()]).toEqual([ARN, ARN, [CREATE, CREATE]]);
  expect([...sfn.machines.keys()]).toEqual([ARN]);
});

describe('a machine that cannot be made', () => {
  it.each([
    ['is still being deleted', new StateMachineDeleting({ message: 'deleting', $metadata }), 'deleting'],
    ['is one too many', new Error('10,000 machines'), '10,000 machines'],
  ])('is tried again: it %s', async (_, error, message) => {
    sfn.mock.on(CreateStateMachineCommand).rejectsOnce(error).resolves({});
    await expect(ready()).rejects.toThrow(message);
    expect(on.row(SHAPE)).not.toHaveProperty('madeFrom');
    expect([await ready(), told()]).toEqual([ARN, [CREATE, CREATE]]);
  });

  it('is tried again also where it only could not be brought up to date', async () => {
    sfn.mock.on(CreateStateMachineCommand).rejects(new StateMachineAlreadyExists({ message: 'there', $metadata }));
    sfn.mock.on(UpdateStateMachineCommand).rejectsOnce(new Error('slow down')).resolves({});
    await expect(ready()).rejects.toThrow('slow down');
    expect([await ready(), told()]).toEqual([ARN, [CREATE, UPDATE, CREATE, UPDATE]]);
  });
});
