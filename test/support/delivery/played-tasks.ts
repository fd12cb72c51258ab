import * as fc from 'fast-check';
import { sagaIdOf, taskIdOf } from '../../../functions/contracts/task-ids.ts';
import type { Story } from '../tasks/task-stories.ts';
import { anyStory, storeOf, storeTask } from '../tasks/task-stories.ts';
import type { Faulty, Maos } from './maos.ts';
import { deployMaos } from './maos.ts';
import { World } from './world.ts';
import { taskIdAt } from './written-tasks.ts';

/** What is to happen to some tasks, by their ids. */
export type Plot = ReadonlyMap<string, Story>;

/** So many plots there are; seeds share them, and with them what a clean run comes to. */
const PLOTS = 40;
const TASKS = 3;

export function plotOf(seed: number): Plot {
  const stories = fc.sample(anyStory, { seed: seed % PLOTS, numRuns: TASKS });
  // The starter begins the saga.
  return new Map(stories.map((story, index) => [taskIdAt(index), story.slice(1)]));
}

/** Between two events of a task, at most: often they come so slowly that each is heard of first, and often one upon the other. */
const PACE_MS = 20_000;
const BURST_MS = 30;

/**
 * Deploys MAOS and lets a plot happen in it: each task is created, and once its execution has started, agents and saga go on with its
 * story, whether or not anybody has heard of the last event.
 */
export function play(world: World, plot: Plot, faulty: Faulty = {}): Maos {
  const pause = () => {
    if (world.weather.disorder === 0) return PACE_MS;
    return world.time(world.random() < 0.5 ? BURST_MS : PACE_MS);
  };
  const tell = async (execution: string): Promise<void> => {
    const taskId = taskIdOf(execution.slice(0, execution.lastIndexOf('-')));
    for (const event of plot.get(taskId) ?? []) {
      await world.clock.sleep(pause());
      await storeOf(maos.log, event, taskId);
    }
    maos.executions.close(execution);
  };
  const maos: Maos = deployMaos(world, { ...faulty, onStart: (execution) => void tell(execution) });
  for (const taskId of plot.keys()) {
    const stream = { stream: taskId, url: 'https://receiver.example', owner: 'key_1', correlationId: 'corr_1' };
    maos.deliveries.commit(maos.deliveries.open(stream));
    world.clock.in(pause(), () => void storeTask(maos.log, taskId));
  }
  return maos;
}

/** The name of the one execution that each task has to have. */
export const executionOf = (taskId: string): string => `${sagaIdOf(taskId)}-1`;

const clean = new Map<number, Maos>();

/** The same plot when nothing goes wrong. To be asked for before another world is made: they share what stands in for the SDK. */
export async function cleanRun(seed: number): Promise<Maos> {
  const number = seed % PLOTS;
  const played = clean.get(number) ?? play(new World(seed), plotOf(seed));
  clean.set(number, played);
  await played.world.clock.run();
  return played;
}
