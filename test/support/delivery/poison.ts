import { eventIdOf } from '../../../functions/contracts/event-names.ts';
import { sagaIdOf, workIdOf } from '../../../functions/contracts/task-ids.ts';
import { tasksProjection } from '../../../functions/projections/domain/tasks/tasks.projection.ts';
import type { Story } from '../tasks/task-stories.ts';
import type { Faulty, SubscriberId } from './maos.ts';
import { FOLLOWED } from './maos.ts';
import type { Plot } from './played-tasks.ts';
import type { World } from './world.ts';

/** What one event does to one of its subscribers, until somebody mends it. */
export interface Poison {
  /** It throws when it is delivered, or even when it is read from the log to close a gap, or it kills the function. */
  kind: 'throws' | 'cannot be folded' | 'kills';
  subscriber: SubscriberId;
  taskId: string;
  eventId: string;
  isMended: boolean;
}

/** An event that fails some times, and then works. */
export interface Hiccup {
  subscriber: SubscriberId;
  eventId: string;
  left: number;
}

export const POISON = 'This event cannot be handled.';
export const HICCUPS = 3;

/** Each in its turn, seed by seed. */
const POISONS: readonly Pick<Poison, 'kind' | 'subscriber'>[] = [
  { kind: 'throws', subscriber: 'projection-tasks' },
  { kind: 'throws', subscriber: 'task-saga-starter' },
  { kind: 'throws', subscriber: 'task-follower' },
  { kind: 'kills', subscriber: 'projection-tasks' },
  { kind: 'kills', subscriber: 'task-saga-starter' },
  { kind: 'kills', subscriber: 'task-follower' },
  { kind: 'cannot be folded', subscriber: 'projection-tasks' },
];

/** A kind of poison, some task and one of its events, and an event of another task that only fails for a while. */
export function poisonIn(world: World, plot: Plot, seed: number): { poison: Poison; hiccup: Hiccup } {
  const [victim, other] = world.mixed([...plot.keys()]) as [string, string];
  const how = POISONS[seed % POISONS.length] as (typeof POISONS)[number];
  const patient = oneOf(world, ['task-saga-starter', 'task-follower'] as const);
  const id = oneOf(world, heardBy(how.subscriber, victim, plot));
  return {
    poison: { ...how, taskId: victim, eventId: id, isMended: false },
    hiccup: { subscriber: patient, eventId: oneOf(world, heardBy(patient, other, plot)), left: HICCUPS },
  };
}

/** Ids of events that a subscriber will hear of a task. Every task is created, and something follows. */
function heardBy(subscriber: SubscriberId, taskId: string, plot: Plot): string[] {
  if (subscriber === 'task-saga-starter') return [eventIdOf(taskId, 1)];
  if (subscriber === 'projection-tasks') return [eventIdOf(taskId, 1), eventIdOf(taskId, 2)];
  return followed(taskId, plot.get(taskId) ?? []);
}

function followed(taskId: string, story: Story): string[] {
  // The saga's first event is its start.
  const versions = { work: 0, saga: 1 };
  return story.flatMap(({ type }) => {
    const of = type.startsWith('Work') ? 'work' : 'saga';
    versions[of] += 1;
    const id = eventIdOf(of === 'work' ? workIdOf(taskId) : sagaIdOf(taskId), versions[of]);
    return FOLLOWED.includes(`domain.${type}`) ? [id] : [];
  });
}

/** What the two do to MAOS. */
export function poisonedBy(world: World, poison: Poison, hiccup: Hiccup): Faulty {
  const isPoison = (id: string) => id === poison.eventId && !poison.isMended;
  return {
    guard: (subscriber, handle, lambdas) => async (event) => {
      const why = isPoison(event.eventId) ? outcomeOf(poison, subscriber) : outcomeOfHiccup(hiccup, subscriber, event);
      if (why === undefined) return handle(event);
      world.tally.add(why);
      if (why.endsWith('kills')) await lambdas.kill();
      throw new Error(POISON);
    },
    projection: {
      ...tasksProjection,
      project(row, event) {
        if (poison.kind !== 'cannot be folded' || !isPoison(event.eventId)) return tasksProjection.project(row, event);
        world.tally.add(poison.kind);
        throw new Error(POISON);
      },
    },
  };
}

/** What a delivery of the poison comes to, where that shows at delivery. */
function outcomeOf({ kind, subscriber }: Poison, heardBy: SubscriberId): string | undefined {
  return subscriber === heardBy && kind !== 'cannot be folded' ? `${subscriber} ${kind}` : undefined;
}

function outcomeOfHiccup(hiccup: Hiccup, heardBy: SubscriberId, event: { eventId: string }): string | undefined {
  if (hiccup.left === 0 || hiccup.subscriber !== heardBy || hiccup.eventId !== event.eventId) return undefined;
  hiccup.left -= 1;
  return 'hiccup';
}

function oneOf<Item>(world: World, items: readonly Item[]): Item {
  return items[world.whole(0, items.length - 1)] as Item;
}
