import type { NewEvent } from '../../../functions/shared/kernel/decider.ts';
import { derivedId } from '../../../functions/shared/platform/ids.ts';
import type { EventLog } from '../../../functions/shared/platform/log/event-log.ts';
import { sampleEvent } from '../tasks/task-samples.ts';
import { Lambdas } from './lambdas.ts';
import type { Publishing } from './publishing.ts';
import { deployPublisher } from './publishing.ts';
import { connectSdk } from './sdk.ts';
import type { World } from './world.ts';

const { TaskCreated, TaskAssigned, TaskReleased, TaskCompleted } = sampleEvent;

/** Deploys the publisher alone, and writes three commits of each of so many tasks while it works. */
export function publishTasks(world: World, tasks: number, pace: number): Publishing {
  const lambdas = new Lambdas(world);
  const publishing = deployPublisher(world, lambdas);
  connectSdk({ lambdas, queues: [publishing.letters], bus: publishing.bus });
  for (let task = 0; task < tasks; task += 1) {
    // Some commits have three events.
    const lost: NewEvent[] = world.random() < 0.3 ? [TaskReleased, TaskAssigned] : [];
    const commits = [[TaskCreated], [TaskAssigned, ...lost], [TaskCompleted]];
    void writeTask(world, publishing.log, { taskId: taskIdAt(task), commits, pace });
  }
  return publishing;
}

export const taskIdAt = (index: number): string => derivedId('task', [`${index}`]);

export interface WrittenTask {
  taskId: string;
  commits: readonly (readonly NewEvent[])[];
  /** Between two commits, at most: ms. */
  pace: number;
}

export async function writeTask(world: World, log: EventLog, { taskId, commits, pace }: WrittenTask): Promise<void> {
  for (const events of commits) {
    await world.clock.sleep(world.time(pace));
    const stream = await log.load(taskId);
    const metadata = { correlationId: 'corr_1', traceId: 'trace' };
    const commitId = `cmd_${taskId}_${stream.version}`;
    await log.append(stream, { commitId, committedAt: new Date().toISOString(), events, metadata });
  }
}
