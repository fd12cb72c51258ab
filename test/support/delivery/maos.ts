import type { Task } from '../../../functions/contracts/api/task.ts';
import type { DeadLetterRow } from '../../../functions/contracts/dead-letters.ts';
import type { TaskEvent } from '../../../functions/contracts/events/task-events.ts';
import { taskReadModel } from '../../../functions/contracts/views/task.model.ts';
import { tasksProjection } from '../../../functions/projections/domain/tasks/tasks.projection.ts';
import type { Projection } from '../../../functions/shared/kernel/projection.ts';
import { projector } from '../../../functions/shared/platform/read-models/projection.ts';
import type { ReadModelStore } from '../../../functions/shared/platform/read-models/read-models.ts';
import { sagaLog } from '../../../functions/shared/platform/sagas/saga-log.ts';
import { statusTeller, taskCallbacks } from '../../../functions/tasks/adapters/task-callbacks.ts';
import { taskFollower } from '../../../functions/tasks/adapters/task-follower.ts';
import { taskSagaStarter } from '../../../functions/tasks/adapters/task-saga.ts';
import { memoryReadModels } from '../read-models/memory-read-models.ts';
import { tripSaga } from '../sagas/saga-samples.ts';
import type { MemoryDeliveryStore } from '../webhooks/memory-delivery-store.ts';
import { memoryDeliveryStore } from '../webhooks/memory-delivery-store.ts';
import { Executions } from './executions.ts';
import { Lambdas } from './lambdas.ts';
import type { Publishing } from './publishing.ts';
import { deployPublisher } from './publishing.ts';
import type { RecordedLetters } from './recorder.ts';
import { recordLetters } from './recorder.ts';
import { connectSdk } from './sdk.ts';
import type { Handle, Subscription } from './subscription.ts';
import { STAGE, subscribe } from './subscription.ts';
import type { World } from './world.ts';

export type SubscriberId = 'projection-tasks' | 'task-saga-starter' | 'task-follower';

/** The part of the product that hears events, deployed in a world. */
export interface Maos extends Publishing {
  world: World;
  rows: ReadModelStore<Task>;
  executions: Executions;
  /** What callback addresses are to be told. */
  deliveries: MemoryDeliveryStore;
  subscriptions: Record<SubscriberId, Subscription>;
  recorded: RecordedLetters;
}

export interface Faulty {
  /** Stands before a subscriber's own handler. */
  guard?: (id: SubscriberId, handle: Handle, lambdas: Lambdas) => Handle;
  projection?: Projection<TaskEvent, Task>;
  onStart?: (execution: string) => void;
}

/** Deploys publisher and subscribers as `lib/stacks/events-stack.ts` and `tasks-stack.ts` do, over stores in memory. */
export function deployMaos(world: World, faulty: Faulty = {}): Maos {
  const lambdas = new Lambdas(world);
  const publishing = deployPublisher(world, lambdas);
  const rows = memoryReadModels(taskReadModel);
  const executions = new Executions(faulty.onStart ?? (() => undefined));
  const deliveries = memoryDeliveryStore(() => 0);
  const reached = { log: lambdas.through(publishing.log, 'load', 'append'), rows: watchedRows(world, lambdas, rows) };
  const { guard = (_, handle) => handle } = faulty;
  const on = (id: SubscriberId, handle: Handle, eventTypes: readonly string[], maxAttempts: number) =>
    subscribe(world, lambdas, publishing.bus, { id, eventTypes, maxAttempts, handle: guard(id, handle, lambdas) });
  const { apply: project } = projector(faulty.projection ?? tasksProjection, reached.rows, reached.log);
  const start = taskSagaStarter(sagaLog(reached.log), tripSaga, 'arn:aws:states:::stateMachine:maos-test-task');
  const follow = taskFollower(
    reached.log,
    statusTeller({ log: reached.log, ...reachedCallbacks(lambdas, deliveries) }),
  );
  const subscriptions = {
    'projection-tasks': on('projection-tasks', project, ['domain.Task*'], 3),
    'task-saga-starter': on('task-saga-starter', start, ['domain.TaskCreated'], 10),
    'task-follower': on('task-follower', follow, FOLLOWED, 10),
  };
  const all = Object.values(subscriptions);
  const letters = [publishing.letters, ...all.map((one) => one.letters)];
  const recorded = recordLetters(world, lambdas, letters, STAGE);
  connectSdk({ lambdas, queues: [...letters, ...all.map(({ inbox }) => inbox)], bus: publishing.bus, executions });
  return { ...publishing, world, rows, executions, deliveries, subscriptions, recorded };
}

/** What the follower hears. */
export const FOLLOWED = ['WorkLeased', 'WorkReturned', 'SagaCompleted', 'SagaFailed'].map((type) => `domain.${type}`);

function reachedCallbacks(lambdas: Lambdas, store: MemoryDeliveryStore) {
  const callbacks = taskCallbacks(store, async (writes) => store.commit(writes));
  const kick = async (): Promise<void> => undefined;
  return { callbacks: lambdas.through(callbacks, 'find', 'add'), ...lambdas.through({ kick }, 'kick') };
}

function watchedRows(world: World, lambdas: Lambdas, rows: ReadModelStore<Task>): ReadModelStore<Task> {
  const put: ReadModelStore<Task>['put'] = async (next, seen) => {
    if (next.version > seen + 1) world.tally.add('gap closed');
    const isMoved = await rows.put(next, seen);
    if (!isMoved) world.tally.add('race for a row');
    return isMoved;
  };
  return lambdas.through({ ...rows, put }, 'get', 'put');
}

/** What an operator does once the cause is mended: a letter's message goes to the inbox again. */
export function redrive({ subscriptions }: Maos, { queue, message }: DeadLetterRow): void {
  subscriptions[queue as SubscriberId].inbox.send(message);
}

/**
 * Lets it storm for so long, and waits for the end of everything. What was parked because its function died or lost a race too often, an
 * operator then sends again, and nothing of it fails.
 */
export async function endOf(maos: Maos, stormMs: number): Promise<void> {
  maos.world.clearsUpIn(stormMs);
  await maos.world.clock.run();
  const letters = await maos.recorded();
  for (const letter of letters) redrive(maos, letter);
  await maos.world.clock.run();
  if ((await maos.recorded()).length > letters.length) throw new Error('What was sent again failed again.');
}
