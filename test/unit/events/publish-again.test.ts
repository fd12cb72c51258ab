import { describe, expect, it, vi } from 'vitest';
import type { SweepPorts } from '../../../functions/events/adapters/event-sweep.ts';
import { isPublishAgain, publishAgain } from '../../../functions/events/adapters/publish-again.ts';
import { REFUSED, THROTTLED } from '../../support/publisher/scripted-bus.ts';
import { SweepWorld } from '../../support/publisher/sweep-world.ts';

vi.mock('node:timers/promises', () => ({ setTimeout: async () => undefined }));

/** Three commits of an aggregate, all of them published. */
async function published(script?: ConstructorParameters<typeof SweepWorld>[0]) {
  const world = new SweepWorld(script);
  for (const texts of [['1'], ['2', '3'], ['4']]) await world.publish([await world.note('task_1', texts)]);
  world.bus.accepted.length = 0;
  world.letters.length = 0;
  return world;
}

const again = (world: SweepWorld, version: number, redriveOf?: string) =>
  publishAgain(world.sweepPorts(), { aggregateId: 'task_1', version }, redriveOf);

describe('an event that is published again', () => {
  it.each([
    [1, ['task_1-1']],
    [2, ['task_1-2', 'task_1-3']],
    [3, ['task_1-2', 'task_1-3']],
    [4, ['task_1-4']],
  ])('goes out with its commit, under the same ids: version %i', async (version, ids) => {
    const world = await published();
    await again(world, version);
    expect([world.accepted(), world.letters, world.swept]).toEqual([ids, [], []]);
  });

  it('that the bus refused is marked anew', async () => {
    const world = new SweepWorld({ script: () => [REFUSED, {}] });
    await world.publish([await world.note('task_1')]);
    const marks: object[] = [];
    const mark: SweepPorts['mark'] = async ({ version }, publications) => {
      marks.push({ version, statuses: publications.map(({ status }) => status) });
    };
    await publishAgain({ ...world.sweepPorts(), mark }, { aggregateId: 'task_1', version: 1 }, undefined);
    expect(marks).toEqual([{ version: 1, statuses: ['published'] }]);
    expect([world.accepted(), world.letters.length]).toEqual([['task_1-1'], 1]);
  });

  it('and refused once more is a letter that names the one before', async () => {
    const world = await published({ script: () => [{}, REFUSED] });
    await again(world, 4, 'letter_1');
    expect(world.letters).toMatchObject([{ subscriptionId: 'sweep-events', redriveOf: 'letter_1' }]);
  });

  it('comes again where the bus is away', async () => {
    const world = await published({ script: () => [{}, THROTTLED] });
    await expect(again(world, 4)).rejects.toThrow('ThrottlingException: Rate exceeded');
    expect(world.letters).toEqual([]);
  });

  it.each([0, 5])('that the log does not have is a failure: version %i', async (version) => {
    await expect(again(await published(), version)).rejects.toThrow('The log has no such event.');
  });
});

describe('a wish to publish again', () => {
  it.each([
    [{ aggregateId: 'task_1', version: 1 }, true],
    [{ aggregateId: 'task_1' }, false],
    [{}, false],
    [null, false],
    ['task_1', false],
  ])('is told from a call to sweep: %j', (detail, is) => {
    expect(isPublishAgain(detail)).toBe(is);
  });
});
