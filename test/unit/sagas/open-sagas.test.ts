import { beforeEach, describe, expect, it } from 'vitest';
import type { Task } from '../../../functions/contracts/api/task.ts';
import { taskEvents } from '../../../functions/contracts/events/task-events.ts';
import { sagaIdOf } from '../../../functions/contracts/task-ids.ts';
import type { SagaRow } from '../../../functions/contracts/views/saga.model.ts';
import { sagaReadModel } from '../../../functions/contracts/views/saga.model.ts';
import { taskReadModel } from '../../../functions/contracts/views/task.model.ts';
import { taskView } from '../../../functions/contracts/views/task.view.ts';
import { openSagas } from '../../../functions/sagas/adapters/open-sagas.ts';
import { memoryReadModels } from '../../support/read-models/memory-read-models.ts';
import { recordedAs } from '../../support/tasks/given.ts';
import { sampleEvent } from '../../support/tasks/task-samples.ts';

let lists: ReturnType<typeof empty>;
const empty = () => ({ sagas: memoryReadModels(sagaReadModel), tasks: memoryReadModels(taskReadModel) });
beforeEach(() => {
  lists = empty();
});

const sagaRow = {
  definitionId: 'trip',
  name: 'A trip',
  startTime: '2026-08-19T10:00:00.000Z',
  endTime: null,
  version: 1,
};
async function add(status: SagaRow['status'], count = 1): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, index) => `saga_${status}_${index}`);
  for (const id of ids) await lists.sagas.put({ row: { ...sagaRow, id, status }, version: 1 }, 0);
  return ids;
}
async function addTask(status: Task['status'], count = 1): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, index) => `task_${status}_${index}`);
  for (const id of ids) {
    const [created] = recordedAs(taskEvents, id, [sampleEvent.TaskCreated]);
    const row = { ...taskView(undefined, created as NonNullable<typeof created>), status };
    await lists.tasks.put({ row, version: 1 }, 0);
  }
  return ids.map(sagaIdOf);
}
async function open(): Promise<string[]> {
  const ids: string[] = [];
  for await (const id of openSagas(lists)) ids.push(id);
  return ids.sort();
}

describe('sagas that have not ended', () => {
  it('are those that run or turn back, and those of tasks that have not ended', async () => {
    const expected = [
      ...(await add('running')),
      ...(await add('compensating')),
      ...(await addTask('pending')),
      ...(await addTask('assigned')),
    ];
    for (const status of ['completed', 'failed'] as const) await add(status);
    for (const status of ['completed', 'failed', 'cancelled'] as const) await addTask(status);
    expect(await open()).toEqual(expected.sort());
    expect(expected).toContain('tasksaga_pending_0');
  });

  it.each([0, 1, 99, 100, 101, 250])('are all of them, on however many pages: %i', async (count) => {
    const expected = [...(await add('running', count)), ...(await addTask('pending', count))];
    expect(await open()).toEqual(expected.sort());
  });

  it('are read a page at a time, as they are asked for', async () => {
    await add('running', 250);
    const read: number[] = [];
    const sagas: typeof lists.sagas = {
      ...lists.sagas,
      async query(query) {
        read.push(query.limit);
        return lists.sagas.query(query);
      },
    };
    await openSagas({ ...lists, sagas }).next();
    expect(read).toEqual([100]);
  });
});
