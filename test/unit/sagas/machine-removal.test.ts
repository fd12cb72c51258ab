import {
  DeleteStateMachineCommand,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, it } from 'vitest';
import type { MachineRegistry } from '../../../functions/sagas/adapters/machine-registry.ts';
import { machineRemoval } from '../../../functions/sagas/adapters/machine-removal.ts';
import { captureLogLines } from '../../support/log-lines.ts';
import { MACHINES, memoryStepFunctions } from '../../support/sagas/memory-step-functions.ts';
import { tripSaga } from '../../support/sagas/saga-samples.ts';
import { userMachines } from '../../support/sagas/user-machines.ts';

const logs = captureLogLines();
const sfn = memoryStepFunctions();
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.parse('2026-08-19T10:00:00.000Z');
const ago = (ms: number) => new Date(NOW - ms).toISOString();

let on: ReturnType<typeof userMachines>;
beforeEach(() => {
  on = userMachines();
});

/** A machine that was last needed so long ago. */
async function unused(shape: string, ms: number): Promise<{ shape: string; lastUsed: string }> {
  await on.machines.ready(shape, tripSaga);
  await on.registry.use(shape, ago(ms));
  return { shape, lastUsed: ago(ms) };
}
const remove = (registry: MachineRegistry = on.registry) =>
  machineRemoval({ registry, arnPrefix: MACHINES, now: () => NOW })();
const left = () => [...sfn.machines.keys()].map((arn) => arn.slice(MACHINES.length));
const started = (shape: string) =>
  new SFNClient({}).send(
    new StartExecutionCommand({ stateMachineArn: `${MACHINES}${shape}`, name: 'saga_1-1', input: '{}' }),
  );

describe('a machine that was not used', () => {
  it('for more than 30 days, and nothing runs on, is deleted and forgotten', async () => {
    await unused('shape-1', 30 * DAY + 1);
    await remove();
    expect([left(), on.row('shape-1')]).toEqual([[], undefined]);
    expect(logs.lines()).toMatchObject([{ message: 'Machine removed', shape: 'shape-1' }]);
    await on.environment().ready('shape-1', tripSaga);
    expect(left()).toEqual(['shape-1']);
  });

  it('for 30 days or less stays, and is not even asked for', async () => {
    await unused('shape-1', 30 * DAY);
    await unused('shape-2', 0);
    sfn.mock.resetHistory();
    await remove();
    expect([left(), sfn.mock.calls()]).toEqual([['shape-1', 'shape-2'], []]);
    expect(on.row('shape-1')).not.toHaveProperty('removing');
  });

  it('is kept where something runs on it, and counts as used', async () => {
    await unused('shape-1', 90 * DAY);
    await unused('shape-2', 90 * DAY);
    await started('shape-1');
    await remove();
    expect(left()).toEqual(['shape-1']);
    expect(on.row('shape-1')).toMatchObject({ lastUsed: ago(0) });
    expect(on.row('shape-1')).not.toHaveProperty('removing');
  });

  it('is not kept by what ran on it', async () => {
    await unused('shape-1', 90 * DAY);
    await started('shape-1');
    sfn.end('saga_1-1', new Date(NOW - 31 * DAY));
    await remove();
    expect(left()).toEqual([]);
  });

  it('stays where nobody can say what runs on it', async () => {
    await unused('shape-1', 90 * DAY);
    sfn.mock.on(ListExecutionsCommand).rejects(new Error('slow down'));
    await expect(remove()).rejects.toThrow('slow down');
    expect(left()).toEqual(['shape-1']);
  });

  it('is forgotten where it is gone already', async () => {
    await on.registry.use('shape-1', ago(90 * DAY));
    await remove();
    expect(on.row('shape-1')).toBeUndefined();
  });
});

describe('a machine that is claimed', () => {
  it('is left to whoever claimed it', async () => {
    const machine = await unused('shape-1', 90 * DAY);
    await on.registry.claim(machine, ago(HOUR));
    await remove();
    expect([left(), on.row('shape-1')]).toMatchObject([['shape-1'], { removing: ago(HOUR) }]);
  });

  it('is removed where the claim was left behind', async () => {
    const machine = await unused('shape-1', 90 * DAY);
    await on.registry.claim(machine, ago(HOUR + 1));
    await remove();
    expect([left(), on.row('shape-1')]).toEqual([[], undefined]);
  });

  it('stays where it was used since it was found', async () => {
    await unused('shape-1', 90 * DAY);
    const rival: MachineRegistry = {
      ...on.registry,
      async unusedSince(time) {
        const found = await on.registry.unusedSince(time);
        await on.registry.use('shape-1', ago(0));
        return found;
      },
    };
    await remove(rival);
    expect(left()).toEqual(['shape-1']);
    expect(await on.registry.use('shape-1', ago(0))).toMatchObject({ madeFrom: expect.any(String) });
  });

  it('is nobody’s to use until it is gone, or its removal has failed', async () => {
    await unused('shape-1', 90 * DAY);
    const using = () => on.environment().ready('shape-1', tripSaga);
    sfn.mock.on(DeleteStateMachineCommand).callsFakeOnce(async () => {
      await expect(using()).rejects.toThrow('is being removed');
      throw new Error('slow down');
    });
    await expect(remove()).rejects.toThrow('slow down');
    expect(await using()).toContain('shape-1');
    expect(left()).toEqual(['shape-1']);
  });
});
