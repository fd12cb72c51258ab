import { beforeEach, describe, expect, it } from 'vitest';
import type { ProjectionName } from '../../../functions/contracts/projections.ts';
import { PROJECTION_NAMES } from '../../../functions/contracts/projections.ts';
import type { KeeperPorts, Stand } from '../../../functions/projections/adapters/projection-keeper.ts';
import { keepProjections } from '../../../functions/projections/adapters/projection-keeper.ts';
import { beginRebuild, pause, runAgain, switchOver } from '../../../functions/projections/domain/projection-changes.ts';
import type { Rebuild } from '../../../functions/shared/kernel/projection-state.ts';
import { ProjectionWorld } from '../../support/projections/projection-world.ts';

const HOUR = 3_600_000;
const ROWS = { written: 0, changed: 0, added: 0, older: 0 };
let world: ProjectionWorld;
let keeper: ReturnType<typeof keeperOver>;
beforeEach(() => {
  world = new ProjectionWorld();
  keeper = keeperOver(world);
});

/** The keeper, and what it does. */
function keeperOver({ ports, feed, paused }: ProjectionWorld) {
  const running = new Map<string, 'running' | 'ended'>();
  const runOf = (name: ProjectionName, { generation, run }: Rebuild) => `${name}-${generation}-${run}`;
  const seen = {
    started: [] as string[],
    removed: [] as string[],
    again: [] as number[],
    told: new Map<ProjectionName, Stand>(),
    running,
    /** How many rows are left of any generation. */
    left: 3,
    isTimeUp: () => false,
  };
  const keeps: KeeperPorts = {
    ...ports,
    feed,
    executions: {
      status: async (name, rebuild) => running.get(runOf(name, rebuild)) ?? 'missing',
      async start(name, rebuild) {
        seen.started.push(runOf(name, rebuild));
        running.set(runOf(name, rebuild), 'running');
      },
    },
    async removeSome(name, generation) {
      if (seen.left === 0) return false;
      seen.left -= 1;
      seen.removed.push(`${name}#${generation}`);
      return true;
    },
    again: async (seconds) => void seen.again.push(seconds),
    paused: (name) => void paused.push(name),
    tell: (name, stand) => void seen.told.set(name, stand),
    isTimeUp: () => seen.isTimeUp(),
  };
  return Object.assign(seen, {
    keep: (changes: Partial<KeeperPorts> = {}) => keepProjections({ ...keeps, ...changes }),
  });
}

const rebuildOf = async () => (await world.state()).rebuild as Rebuild;

describe('a look at projections that have nothing to do', () => {
  it('tells how each stands, and asks for no other look', async () => {
    await keeper.keep();
    expect([...keeper.told.keys()]).toEqual([...PROJECTION_NAMES]);
    for (const stand of keeper.told.values())
      expect(stand).toEqual({ isPausedByErrors: false, lag: 0, failedEvents: 0 });
    expect([keeper.started, keeper.removed, keeper.again]).toEqual([[], [], []]);
  });

  it('tells of the lag, the failed events, and a pause by errors as long as it lasts', async () => {
    world.unknown.add('task_000');
    const events = await world.tasks(2);
    await world.deliver(events.slice(0, 1));
    await world.change(pause(world.now(), 'errors'));
    world.pass(60_000);
    await keeper.keep();
    expect(keeper.told.get('tasks')).toEqual({ isPausedByErrors: true, lag: 60_001, failedEvents: 1 });
    expect(keeper.told.get('sagas')).toEqual({ isPausedByErrors: false, lag: 0, failedEvents: 0 });
    await world.resume();
    await keeper.keep();
    expect(keeper.told.get('tasks')).toMatchObject({ isPausedByErrors: false });
  });

  it('does not take a pause by an operator for one by errors', async () => {
    await world.pause();
    await keeper.keep();
    expect(keeper.told.get('tasks')).toMatchObject({ isPausedByErrors: false });
  });
});

describe('a rebuild', () => {
  beforeEach(() => world.change(beginRebuild(world.now())));

  it('that was never started is, once', async () => {
    await keeper.keep();
    await keeper.keep();
    expect([keeper.started, (await rebuildOf()).run]).toEqual([['tasks-2-1'], 1]);
  });

  it('that was cut off goes on in its next run', async () => {
    keeper.running.set('tasks-2-1', 'ended');
    await keeper.keep();
    await keeper.keep();
    expect([keeper.started, (await rebuildOf()).run]).toEqual([['tasks-2-2'], 2]);
  });

  it('whose next run was noted and never started is started in it', async () => {
    keeper.running.set('tasks-2-1', 'ended');
    await world.change(runAgain(await rebuildOf()));
    await keeper.keep();
    expect([keeper.started, (await rebuildOf()).run]).toEqual([['tasks-2-2'], 2]);
  });

  it('that is running is left alone', async () => {
    keeper.running.set('tasks-2-1', 'running');
    await keeper.keep();
    expect([keeper.started, (await rebuildOf()).run]).toEqual([[], 1]);
  });

  it('that two keepers find cut off is started once', async () => {
    keeper.running.set('tasks-2-1', 'ended');
    await Promise.all([keeper.keep(), keeper.keep()]);
    expect([keeper.started, (await rebuildOf()).run]).toEqual([['tasks-2-2'], 2]);
  });

  it('that ends while it is looked at is not started', async () => {
    keeper.running.set('tasks-2-1', 'ended');
    const status = async () => {
      await world.change(switchOver({ generation: 2, rows: ROWS, endedAt: world.now() }));
      return 'ended' as const;
    };
    const start = () => Promise.reject(new Error('It is over.'));
    await keeper.keep({ executions: { status, start } });
    expect(await world.state()).toMatchObject({ generation: 2 });
  });
});

describe('a generation that nobody reads any more', () => {
  beforeEach(async () => {
    await world.change(beginRebuild(world.now()));
    await world.change(switchOver({ generation: 2, rows: ROWS, endedAt: world.now() }));
  });

  it('stays for an hour, then goes, and is forgotten', async () => {
    world.pass(HOUR - 1);
    await keeper.keep();
    expect([keeper.removed, Object.keys((await world.state()).retired)]).toEqual([[], ['1']]);
    world.pass(1);
    await keeper.keep();
    expect([keeper.removed, (await world.state()).retired]).toEqual([['tasks#1', 'tasks#1', 'tasks#1'], {}]);
  });

  it('is remembered until all of it is gone', async () => {
    world.pass(HOUR);
    keeper.isTimeUp = () => keeper.removed.length === 2;
    await keeper.keep();
    expect([keeper.removed.length, Object.keys((await world.state()).retired)]).toEqual([2, ['1']]);
    keeper.isTimeUp = () => false;
    await keeper.keep();
    expect([keeper.removed.length, (await world.state()).retired]).toEqual([3, {}]);
  });
});

describe('what is owed', () => {
  it('is applied, and looked after again soon while more may come', async () => {
    await world.pause();
    await world.deliver(await world.tasks(1));
    await world.resume();
    world.pass(6000);
    await keeper.keep();
    expect([world.writes, keeper.again]).toEqual([['tasks#1 task_000'], [10]]);
    world.pass(15_000);
    await keeper.keep();
    expect(keeper.again).toEqual([10]);
    expect(await world.state()).not.toHaveProperty('skippedFrom');
  });

  it('and pauses the projection once more is told', async () => {
    await world.pause();
    const events = await world.tasks(11);
    for (const { data } of events) world.unknown.add(data.aggregateId);
    await world.deliver(events);
    world.pass(1000);
    await world.resume();
    world.pass(21_000);
    await keeper.keep();
    expect([world.paused, keeper.again]).toEqual([['tasks'], []]);
  });
});

describe('a projection that cannot be looked after', () => {
  it('does not stop the others, and is an error in the end', async () => {
    await world.change(beginRebuild(world.now()), 'agents');
    await world.change(beginRebuild(world.now()), 'sagas');
    await world.pause();
    await world.deliver(await world.tasks(1));
    await world.resume();
    world.pass(6000);
    const { store } = world.ports;
    const read: typeof store.read = (name) =>
      name === 'agents' ? Promise.reject(new Error('agents is broken')) : store.read(name);
    await expect(keeper.keep({ store: { ...store, read } })).rejects.toThrow('agents is broken');
    expect([keeper.started, keeper.again]).toEqual([['sagas-2-1'], [10]]);
    expect([...keeper.told.keys()].sort()).toEqual(['sagas', 'task-counts', 'tasks']);
  });
});
