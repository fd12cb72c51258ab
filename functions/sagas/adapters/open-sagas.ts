import type { Task } from '../../contracts/api/task.ts';
import { sagaIdOf } from '../../contracts/task-ids.ts';
import type { SagaRow } from '../../contracts/views/saga.model.ts';
import type { ReadModelReader } from '../../shared/platform/read-models/read-models.ts';

/** Lists that name sagas: of users' sagas themselves, and of tasks, each of which has one. */
export interface SagaLists {
  sagas: Pick<ReadModelReader<SagaRow>, 'query'>;
  tasks: Pick<ReadModelReader<Task>, 'query'>;
}

/** The ids of all sagas that have not ended, as far as the lists know. */
export async function* openSagas({ sagas, tasks }: SagaLists): AsyncGenerator<string> {
  for (const status of ['running', 'compensating'] as const) {
    for await (const { id } of all(sagas, { status })) yield id;
  }
  for (const status of ['pending', 'assigned'] as const) {
    for await (const { taskId } of all(tasks, { status })) yield sagaIdOf(taskId);
  }
}

const PAGE = 100;

async function* all<Row>(store: Pick<ReadModelReader<Row>, 'query'>, where: Partial<Row>): AsyncGenerator<Row> {
  let cursor: string | null | undefined;
  do {
    const page = await store.query({ where, limit: PAGE, ...(cursor ? { cursor } : {}) });
    yield* page.items;
    cursor = page.nextCursor;
  } while (cursor !== null);
}
