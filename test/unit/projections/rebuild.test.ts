import { describe, expect, it } from 'vitest';
import { liveProjection } from '../../../functions/projections/adapters/live-projection.ts';
import type { RebuildPorts } from '../../../functions/projections/adapters/rebuild.ts';
import { fillSegment } from '../../../functions/projections/adapters/rebuild.ts';
import { assertComplete, giveUpRebuild, switchToRebuilt } from '../../../functions/projections/adapters/rebuild-end.ts';
import type { NewEvent } from '../../../functions/shared/kernel/decider.ts';
import type { Commit } from '../../../functions/shared/platform/log/event-log.ts';
import { storedEvents } from '../../../functions/shared/platform/log/stored-event.ts';
import { fill, rebuildSamples } from '../../support/projections/rebuild-samples.ts';
import { SEGMENTS } from '../../support/projections/rebuild-world.ts';
import { sampleEvent, TASK_ID } from '../../support/tasks/task-samples.ts';

const { TaskCreated, TaskAssigned, TaskReleased, TaskCompleted } = sampleEvent;
const OTHERS = Array.from({ length: 5 }, (_, index) => `task_0${index}`);
/** Its name is in no contract. */
const POISON: NewEvent = { type: 'TaskExploded', data: {} };
const HISTORY = [TaskCreated, TaskAssigned, TaskReleased, TaskAssigned, TaskCompleted];

/** Wholly filled, and compared. */
async function rebuilt(samples: ReturnType<typeof rebuildSamples>) {
  const target = await samples.begin();
  await fill(samples.ports, target);
  await assertComplete(samples.ports, target);
  await switchToRebuilt(samples.ports, target);
  return samples.state();
}

const asItIs = (task: object) => task;

/** A row as it is read, whatever made it. */
async function read(samples: ReturnType<typeof rebuildSamples>, version: number, change = asItIs): Promise<void> {
  const before = rebuildSamples('tasks');
  await before.append(TASK_ID, TaskCreated, TaskAssigned);
  await rebuilt(before);
  const row = await before.rowsOf(2).get(TASK_ID);
  await samples.rowsOf(1).put({ row: change(row?.row ?? {}), version }, 0);
}

describe('an event that cannot be applied', () => {
  async function poisoned() {
    const samples = rebuildSamples('tasks');
    await samples.append(TASK_ID, TaskCreated, TaskAssigned);
    await samples.append(TASK_ID, POISON);
    await samples.append(TASK_ID, TaskCompleted);
    for (const id of OTHERS) await samples.append(id, TaskCreated);
    return samples;
  }

  it('waits among the failed events, and what is before it is rebuilt and switched to', async () => {
    const samples = await poisoned();
    await read(samples, 2);
    const { generation, lastRebuild } = await rebuilt(samples);
    expect([generation, lastRebuild?.outcome, lastRebuild?.rows.older]).toEqual([2, 'switched', 0]);
    expect(await samples.rowsOf(2).get(TASK_ID)).toMatchObject({ version: 2, row: { status: 'assigned' } });
    const { items } = await samples.ports.failed.page('tasks', { limit: 10 });
    expect(items).toEqual([
      expect.objectContaining({ eventId: `${TASK_ID}-3`, eventType: 'domain.TaskExploded', aggregateId: TASK_ID }),
    ]);
  });

  it('stops the switch where the rows that are read have come past it', async () => {
    const samples = await poisoned();
    await read(samples, 4);
    const target = await samples.begin();
    await fill(samples.ports, target);
    await expect(assertComplete(samples.ports, target)).rejects.toThrow('1 rows would know less');
    await giveUpRebuild(samples.ports, target, 'It knows less.');
    const state = await samples.state();
    expect(state).toMatchObject({
      generation: 1,
      retired: { 2: expect.any(String) },
      lastRebuild: { generation: 2, outcome: 'failed', error: 'It knows less.', rows: { older: 1 } },
    });
    expect(state.rebuild).toBeUndefined();
    expect(await samples.rowsOf(1).get(TASK_ID)).toMatchObject({ version: 4 });
  });

  it('stops it also as the first of its aggregate, where there is no row to rebuild', async () => {
    const samples = rebuildSamples('tasks');
    await samples.append(TASK_ID, POISON);
    await samples.rowsOf(1).put({ row: { taskId: TASK_ID }, version: 1 }, 0);
    await expect(rebuilt(samples)).rejects.toThrow('1 rows would know less');
  });
});

describe('rows that are read', () => {
  it.each([
    { what: 'missing', change: undefined, told: { added: 1, changed: 0 } },
    { what: 'wrong', change: (task: object) => ({ ...task, priority: 9 }), told: { added: 0, changed: 1 } },
    { what: 'right', change: asItIs, told: { added: 0, changed: 0 } },
  ])('and are $what are told as $told', async ({ change, told }) => {
    const samples = rebuildSamples('tasks');
    await samples.append(TASK_ID, TaskCreated, TaskAssigned);
    if (change !== undefined) await read(samples, 2, change);
    const { lastRebuild } = await rebuilt(samples);
    expect(lastRebuild?.rows).toEqual({ written: 1, older: 0, ...told });
  });
});

describe('an aggregate', () => {
  it.each([1, 2, 3, 4, 5, 6, 100])('is whole where pages of %i commits cut it', async (page) => {
    const samples = rebuildSamples('task-counts', page);
    for (const id of [TASK_ID, ...OTHERS]) for (const event of HISTORY) await samples.append(id, event);
    await rebuilt(samples);
    for (const id of [TASK_ID, ...OTHERS]) expect((await samples.rowsOf(2).get(id))?.version).toBe(HISTORY.length);
    expect(await samples.rowsOf(2).counts()).toMatchObject({ code_generation: { completed: 6 } });
  });

  it.each([
    { gap: 'its first commit', version: 1 },
    { gap: 'one in the middle', version: 3 },
  ])('is whole where a page has all of it but $gap', async ({ version }) => {
    const samples = rebuildSamples('tasks', 100);
    for (const id of [TASK_ID, ...OTHERS]) for (const event of HISTORY) await samples.append(id, event);
    const { scan } = samples.ports;
    const holed: RebuildPorts['scan']['read'] = async (...place) => {
      const { commits, after } = await scan.read(...place);
      return { commits: commits.filter((commit: Commit) => commit.version !== version), after };
    };
    await rebuilt({ ...samples, ports: { ...samples.ports, scan: { read: holed } } });
    for (const id of [TASK_ID, ...OTHERS])
      expect(await samples.rowsOf(2).get(id)).toMatchObject({ version: 5, row: { status: 'completed' } });
  });
});

describe('a rebuild', () => {
  it.each(SEGMENTS)('is not complete without segment %i', async (segment) => {
    const samples = rebuildSamples('tasks');
    const target = await samples.begin();
    await fill(samples.ports, target, [segment]);
    await expect(assertComplete(samples.ports, target)).rejects.toThrow('Only 15 of 16 segments');
  });

  it.each(['switched', 'given up'])('that is %s is filled no further', async (end) => {
    const samples = rebuildSamples('tasks');
    const target = await samples.begin();
    await samples.append(TASK_ID, TaskCreated);
    await (end === 'switched' ? switchToRebuilt(samples.ports, target) : giveUpRebuild(samples.ports, target, end));
    for (const segment of SEGMENTS)
      await expect(fillSegment(samples.ports, target, segment, () => false)).rejects.toThrow('is over');
    expect(await samples.rowsOf(2).get(TASK_ID)).toBeUndefined();
  });

  it('that is over while a page, or an aggregate of it, is read writes nothing of it', async () => {
    for (const port of ['scan', 'log'] as const) {
      const samples = rebuildSamples('tasks', 100);
      await samples.append(TASK_ID, TaskCreated);
      const target = await samples.begin();
      const ending = <Args extends unknown[], Answer>(read: (...args: Args) => Promise<Answer>) => {
        return async (...args: Args) => {
          const answer = await read(...args);
          await switchToRebuilt(samples.ports, target);
          return answer;
        };
      };
      const { scan, log } = samples.ports;
      const late =
        port === 'scan' ? { scan: { read: ending(scan.read) } } : { log: { ...log, load: ending(log.load) } };
      await expect(fill({ ...samples.ports, ...late }, target)).rejects.toThrow('is over');
      expect(await samples.rowsOf(2).get(TASK_ID)).toBeUndefined();
    }
  });

  it('is switched to once, and not given up afterwards', async () => {
    const samples = rebuildSamples('tasks');
    const state = await rebuilt(samples);
    const target = { projection: 'tasks', generation: 2 } as const;
    await switchToRebuilt(samples.ports, target);
    await giveUpRebuild(samples.ports, target, 'Too late.');
    expect(await samples.state()).toEqual(state);
  });
});

describe('beside a rebuild', () => {
  /** The event is delivered to a row that lacks what is before it, while there is more behind it. */
  async function lateEvent() {
    const samples = rebuildSamples('tasks');
    for (const event of HISTORY) await samples.append(TASK_ID, event);
    const events = (await samples.ports.log.load(TASK_ID)).commits.flatMap(storedEvents);
    const live = liveProjection(samples.ports, 'tasks', () => undefined);
    await live.begin();
    return { samples, live, event: events[2] };
  }

  it('a late event brings a row to where it stands, no further: what is behind it may not be known to the rebuild', async () => {
    const { samples, live, event } = await lateEvent();
    if (event !== undefined) await live.handle(event, { attempt: 1, isLast: false });
    expect((await samples.rowsOf(1).get(TASK_ID))?.version).toBe(3);
  });

  it('an event that is tried again comes to the rows of a rebuild that began since its batch did', async () => {
    const { samples, live, event } = await lateEvent();
    await samples.begin();
    const { eventId = '', eventType = '' } = event ?? {};
    await live.handle({ retryOf: eventId, eventType }, { attempt: 1, isLast: false });
    for (const generation of [1, 2])
      expect((await samples.rowsOf(generation).get(TASK_ID))?.version).toBe(HISTORY.length);
  });
});
