import { sagaIdOf, workIdOf } from '../../../functions/contracts/task-ids.ts';
import type { NewEvent } from '../../../functions/shared/kernel/decider.ts';
import type { Commit } from '../../../functions/shared/platform/log/event-log.ts';
import { samplePayload, sampleEvent as task } from '../tasks/task-samples.ts';
import {
  leased,
  offered,
  returned,
  sagaCompleted,
  sagaStarted,
  withdrawn,
  workDone,
  workFailed,
} from '../tasks/task-stories.ts';
import type { RebuildWorld } from './rebuild-world.ts';

/** What happens to one aggregate, in commits. */
export interface History {
  aggregateId: string;
  commits: NewEvent[][];
  /** Where a user publishes it. */
  source?: string;
}

const TYPES = ['code_generation', 'review', 'simple_task'];
const AGENTS = ['agent_1', 'agent_2', 'scaffold'];

const idOf = (index: number) => `task_${String(index).padStart(26, '0')}`;

/** Some of every kind, so that each projection has its own aggregates and the noise of all others. */
export function histories(world: RebuildWorld): History[] {
  const made = (count: number, id: (index: number) => string, events: () => NewEvent[]) =>
    Array.from({ length: count }, (_, index) => ({ aggregateId: id(index), commits: inCommits(world, events()) }));
  const users = (id: string) =>
    made(
      3,
      (index) => `${id}_${index}`,
      () => Array.from({ length: world.whole(1, 6) }, noted),
    ).map((one) => ({ ...one, source: 'shop' }));
  return [
    ...made(22, idOf, () => ofTask(world)),
    ...made(
      18,
      (index) => workIdOf(idOf(index)),
      () => ofWork(world),
    ),
    ...made(
      5,
      (index) => sagaIdOf(idOf(index)),
      () => [sagaStarted, sagaCompleted],
    ),
    ...made(
      3,
      (index) => AGENTS[index] ?? '',
      () => Array.from({ length: world.whole(1, 4) }, () => registered(world)),
    ),
    ...users('order'),
    // Named like one of ours, and still a user's.
    ...users('task_of_a_user'),
  ];
}

const noted = (): NewEvent => ({ type: 'order.placed', data: {} });

function registered(world: RebuildWorld): NewEvent {
  return {
    type: 'AgentRegistered',
    data: { name: 'One', capabilities: [world.oneOf(TYPES)], maxConcurrency: world.whole(1, 9) },
  };
}

function ofTask(world: RebuildWorld): NewEvent[] {
  const created = { type: 'TaskCreated', data: { ...samplePayload.CreateTask, type: world.oneOf(TYPES) } };
  const lost = Array.from({ length: world.whole(0, 3) }, () => [task.TaskAssigned, task.TaskReleased]).flat();
  const ends: NewEvent[][] = [[task.TaskAssigned, task.TaskCompleted], [task.TaskFailed], [task.TaskCancelled], []];
  return [created, ...lost, ...world.oneOf(ends)];
}

function ofWork(world: RebuildWorld): NewEvent[] {
  const lost = Array.from({ length: world.whole(0, 3) }, () => {
    const agent = world.oneOf(AGENTS);
    return [leased(agent), returned(agent)];
  });
  const agent = world.oneOf(AGENTS);
  const ends = [[leased(agent), workDone(agent)], [leased(agent), workFailed(agent)], [leased(agent)], [withdrawn], []];
  return [offered, ...lost.flat(), ...world.oneOf<NewEvent[]>(ends)];
}

function inCommits(world: RebuildWorld, events: readonly NewEvent[]): NewEvent[][] {
  const rest = [...events];
  const commits: NewEvent[][] = [];
  while (rest.length > 0) commits.push(rest.splice(0, world.whole(1, 3)));
  return commits;
}

/** What a command does. */
export async function appended(
  world: RebuildWorld,
  { aggregateId, source }: Omit<History, 'commits'>,
  events: readonly NewEvent[],
): Promise<Commit> {
  const { log } = world.ordered;
  const stream = await log.load(aggregateId);
  const commit = await log.append(stream, {
    commitId: `cmd_${aggregateId}_${stream.version}`,
    committedAt: world.now(),
    events,
    metadata: { correlationId: `corr_${aggregateId}`, traceId: 'trace' },
    ...(source !== undefined && { source }),
  });
  if (commit === 'conflict') throw new Error('Nobody else writes here.');
  return commit;
}
