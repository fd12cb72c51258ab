import { beforeEach, describe, expect, it } from 'vitest';
import type { ProjectionName } from '../../../functions/contracts/projections.ts';
import { REBUILD_SEGMENTS } from '../../../functions/contracts/projections.ts';
import type { RebuildPorts } from '../../../functions/projections/adapters/rebuild.ts';
import { fillSegment } from '../../../functions/projections/adapters/rebuild.ts';
import { assertComplete, giveUpRebuild, switchToRebuilt } from '../../../functions/projections/adapters/rebuild-end.ts';
import { beginRebuild } from '../../../functions/projections/domain/projection-changes.ts';
import { memoryLogScan } from '../../support/projections/memory-log-scan.ts';
import { memorySegments } from '../../support/projections/memory-projections.ts';
import { aggregatesOf, ProjectionWorld } from '../../support/projections/projection-world.ts';
import { sampleEvent } from '../../support/tasks/task-samples.ts';

const TARGET = { projection: 'tasks', generation: 2 } as const;
let world: ProjectionWorld;
let ports: RebuildPorts;
beforeEach(() => {
  world = new ProjectionWorld();
  ports = { ...world.ports, scan: memoryLogScan(() => world.ordered.commits, 3), segments: memorySegments() };
});

const begin = (name?: ProjectionName) => world.change(beginRebuild(world.now()), name);
async function fill(projection: ProjectionName = 'tasks'): Promise<void> {
  for (let segment = 0; segment < REBUILD_SEGMENTS; segment += 1)
    expect(await fillSegment(ports, { ...TARGET, projection }, segment, () => false)).toBe(true);
}

/** So many tasks with a history, which the projection has. */
async function lived(count: number) {
  const events = await world.tasks(count);
  for (const { data } of [...events])
    events.push(...(await world.commit(data.aggregateId, sampleEvent.TaskAssigned, sampleEvent.TaskCompleted)));
  await world.deliver(events);
  return events;
}

describe('a rebuild', () => {
  it('fills the new rows with what the log has, and readers see them from the switch on', async () => {
    // An aggregate that a page's end cuts is compared, and told, once a page.
    ports.scan = memoryLogScan(() => world.ordered.commits, 100);
    const events = await lived(20);
    await world.commit('letter_1', sampleEvent.TaskCreated);
    await begin();
    await fill();
    await assertComplete(ports, TARGET);
    expect((await world.state()).generation).toBe(1);
    for (let times = 0; times < 2; times += 1) await switchToRebuilt(ports, TARGET);
    const { is, replayed } = await world.rows(aggregatesOf(events), 'tasks', 2);
    expect(is).toEqual(replayed);
    const { generation, lastRebuild } = await world.state();
    expect([generation, lastRebuild?.outcome, lastRebuild?.rows]).toEqual([
      ...[2, 'switched', { written: 20, changed: 0, added: 0, older: 0 }],
    ]);
    expect(await world.rowsOf('tasks', 2).get('letter_1')).toBeUndefined();
  });

  it('makes the counts anew, once for each row, also where pages are read twice', async () => {
    const events = await world.tasks(12);
    await world.deliver(events, undefined, 'task-counts');
    await begin('task-counts');
    const { save } = ports.segments;
    let lost = 0;
    ports.segments.save = async (name, generation, segment) => {
      if (lost % 2 === 1) return save(name, generation, segment);
      lost += 1;
      throw new Error('dead');
    };
    for (let segment = 0; segment < REBUILD_SEGMENTS; segment += 1) {
      const run = () => fillSegment(ports, { ...TARGET, projection: 'task-counts' }, segment, () => false);
      lost = 0;
      await expect(run()).rejects.toThrow('dead');
      expect(await run()).toBe(true);
    }
    const [one, two] = await Promise.all([1, 2].map((generation) => world.rowsOf('task-counts', generation).counts()));
    expect([one, two]).toEqual([{ code_generation: { pending: 12 } }, one]);
  });

  it('goes on page by page where time is up, and reads no page twice', async () => {
    await lived(20);
    await begin();
    const places: unknown[] = [];
    const { read } = ports.scan;
    ports.scan = {
      read: (segment, after) => {
        places.push(JSON.stringify([segment, after]));
        return read(segment, after);
      },
    };
    for (let segment = 0; segment < REBUILD_SEGMENTS; segment += 1)
      while (!(await fillSegment(ports, TARGET, segment, () => true)));
    expect(places.length).toBeGreaterThan(REBUILD_SEGMENTS);
    expect(new Set(places).size).toBe(places.length);
    await assertComplete(ports, TARGET);
  });

  it('tells rows that were missing, and those whose content was not what the log says', async () => {
    const events = await lived(3);
    const missing = await world.tasks(1, 3);
    const rows = world.rowsOf('tasks');
    const { row, version } = (await rows.get('task_001')) ?? { row: {}, version: 0 };
    await rows.put({ row: { ...row, priority: 9 }, version }, version);
    await begin();
    await fill();
    await switchToRebuilt(ports, TARGET);
    expect((await world.state()).lastRebuild?.rows).toEqual({ written: 4, changed: 1, added: 1, older: 0 });
    const { is, replayed } = await world.rows(aggregatesOf([...events, ...missing]), 'tasks', 2);
    expect(is).toEqual(replayed);
  });

  it('has what comes live meanwhile, on whichever side of the page that is read', async () => {
    const events = await lived(8);
    await begin();
    const { read } = ports.scan;
    let number = 0;
    ports.scan = {
      async read(segment, after) {
        const page = await read(segment, after);
        const [aggregateId] = aggregatesOf(events);
        number += 1;
        const late = [
          ...(await world.commit(aggregateId ?? '', sampleEvent.TaskAssigned)),
          ...(await world.tasks(1, 100 + number)),
        ];
        await world.deliver(late);
        events.push(...late);
        return page;
      },
    };
    await fill();
    await assertComplete(ports, TARGET);
    expect(number).toBeGreaterThan(REBUILD_SEGMENTS);
    const { is, replayed } = await world.rows(aggregatesOf(events), 'tasks', 2);
    expect(is).toEqual(replayed);
  });

  it('that left a part of the log out is not switched to', async () => {
    await begin();
    await fillSegment(ports, TARGET, 3, () => false);
    await expect(assertComplete(ports, TARGET)).rejects.toThrow(`Only 1 of ${REBUILD_SEGMENTS} segments`);
  });

  it('whose rows know less than those that are read is not switched to', async () => {
    await lived(3);
    const [event] = await world.commit('task_9', sampleEvent.TaskCreated);
    await world.deliver(event ? [event] : []);
    const rows = world.rowsOf('tasks');
    const { row } = (await rows.get('task_9')) ?? { row: {} };
    await rows.put({ row, version: 2 }, 1);
    await begin();
    await fill();
    await expect(assertComplete(ports, TARGET)).rejects.toThrow('1 rows would know less');
  });

  it('keeps an event that cannot be applied among the failed, and goes on', async () => {
    const [, failing] = await world.commit('task_9', sampleEvent.TaskCreated, { type: 'TaskSung', data: {} });
    const others = await world.tasks(5);
    await begin();
    await fill();
    expect((await ports.failed.page('tasks', { limit: 5 })).items).toMatchObject([{ eventId: failing?.eventId }]);
    expect(await world.rowsOf('tasks', 2).get('task_9')).toMatchObject({ version: 1 });
    for (const { data } of others) expect(await world.rowsOf('tasks', 2).get(data.aggregateId)).toBeDefined();
    await assertComplete(ports, TARGET);
  });

  it('that was given up leaves readers what they have, and a run that goes on regardless ends', async () => {
    await lived(3);
    await begin();
    await giveUpRebuild(ports, TARGET, 'no room');
    expect(await world.state()).toMatchObject({ generation: 1, lastRebuild: { outcome: 'failed', error: 'no room' } });
    await expect(fillSegment(ports, TARGET, 0, () => false)).rejects.toThrow('The rebuild 2 of tasks is over.');
    await switchToRebuilt(ports, TARGET);
    expect((await world.state()).generation).toBe(1);
  });
});
