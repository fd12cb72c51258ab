import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { StoredEvent } from '../../../functions/contracts/event.ts';
import { isAppError } from '../../../functions/shared/kernel/errors.ts';
import type { EventLog } from '../../../functions/shared/platform/log/event-log.ts';
import { storedEvents } from '../../../functions/shared/platform/log/stored-event.ts';
import { statusTeller, taskCallbacks } from '../../../functions/tasks/adapters/task-callbacks.ts';
import { taskFollower } from '../../../functions/tasks/adapters/task-follower.ts';
import { Died, everyFault, FaultLine } from '../../support/faults.ts';
import { memoryEventLog } from '../../support/log/memory-event-log.ts';
import { DRILL, runs, seededRandom } from '../../support/seeds.ts';
import { TASK_ID } from '../../support/tasks/task-samples.ts';
import type { Story } from '../../support/tasks/task-stories.ts';
import {
  leased,
  offered,
  returned,
  sagaCompleted,
  storeOf,
  storeTask,
  workDone,
} from '../../support/tasks/task-stories.ts';
import { memoryDeliveryStore } from '../../support/webhooks/memory-delivery-store.ts';

vi.mock('node:timers/promises', () => ({ setTimeout: async () => undefined }));

const STREAM = { stream: TASK_ID, url: 'https://receiver.example', owner: 'key_1', correlationId: 'corr_1' };
const STORY: Story = [
  offered,
  leased('agent_1'),
  returned('agent_1'),
  leased('agent_2'),
  workDone('agent_2'),
  sagaCompleted,
];
const STATUSES = ['assigned', 'pending', 'assigned', 'completed'];
const PLACES = [2, 3, 4, 5];

/** A task whose story has happened, and of which nothing is told yet. */
async function world() {
  const log = memoryEventLog();
  const store = memoryDeliveryStore();
  store.commit(store.open(STREAM));
  await storeTask(log);
  const commits = await inTurn(STORY, (event) => storeOf(log, event));
  const seen = { kicks: [] as string[], rivals: 0 };
  const callbacks = taskCallbacks(store, async (writes) => {
    const isWritten = store.commit(writes);
    if (!isWritten) seen.rivals += 1;
    return isWritten;
  });
  const kick = async (stream: string) => void seen.kicks.push(stream);
  return {
    log,
    store,
    seen,
    events: commits.flatMap(storedEvents),
    /** A process of its own, cut off where its line says. */
    follower(line = new FaultLine(), read: EventLog['load'] = log.load) {
      const cutLog = line.through({ ...log, load: read }, 'append');
      const cut = { ...line.through({ kick }, 'kick'), callbacks: line.through(callbacks, 'add'), log: cutLog };
      return taskFollower(cutLog, statusTeller(cut));
    },
    /** Places in the order in which they were given. */
    given: () => [...(store.streams.get(TASK_ID)?.deliveries.keys() ?? [])],
    statuses: async () => ((await store.load(TASK_ID))?.deliveries ?? []).map(({ body }) => JSON.parse(body).status),
  };
}

async function inTurn<Item, Made>(items: readonly Item[], make: (item: Item) => Promise<Made>): Promise<Made[]> {
  const made: Made[] = [];
  for (const item of items) made.push(await make(item));
  return made;
}

type World = Awaited<ReturnType<typeof world>>;
const lastOf = ({ events }: World) => events.at(-1) as StoredEvent;

let one: World;
beforeEach(async () => {
  one = await world();
});

describe('the callback address of a task', () => {
  it('is told of every change, lowest first, and kicked once', async () => {
    await one.follower()(lastOf(one));
    expect(await one.statuses()).toEqual(STATUSES);
    expect([one.given(), one.seen.kicks]).toEqual([PLACES, [TASK_ID]]);
  });

  it('is told nothing again, and not kicked for nothing', async () => {
    await inTurn([lastOf(one), ...one.events, ...one.events], one.follower());
    expect([one.given(), one.seen]).toEqual([PLACES, { kicks: [TASK_ID], rivals: 0 }]);
  });

  it.each([[[2]], [[5]], [PLACES]])('hears nothing again that was forgotten: %j', async (forgotten) => {
    await one.follower()(lastOf(one));
    for (const place of forgotten) one.store.streams.get(TASK_ID)?.deliveries.delete(place);
    await one.follower()(lastOf(one));
    expect(one.given()).toEqual(PLACES.filter((place) => !forgotten.includes(place)));
    expect(one.seen.kicks).toHaveLength(1);
  });

  it('costs a task without one a single read', async () => {
    one.store.streams.clear();
    const reads = [vi.spyOn(one.store, 'load'), vi.spyOn(one.log, 'load')];
    const callbacks = taskCallbacks(one.store, async () => true);
    await statusTeller({ log: one.log, callbacks, kick: async () => undefined })(TASK_ID);
    expect(reads.map(({ mock }) => mock.calls.length)).toEqual([1, 0]);
  });
});

describe('what is told, whatever dies where,', () => {
  it('has no gap at any place of the way, and whoever comes next tells the rest', async () => {
    const whole = new FaultLine();
    await one.follower(whole)(lastOf(one));
    // Four commands, four messages, one kick.
    expect(whole.calls).toBe(9);
    for (const fault of everyFault(whole.calls)) {
      const cut = await world();
      const line = new FaultLine(fault);
      await expect(cut.follower(line)(lastOf(cut))).rejects.toBeInstanceOf(Died);
      expect([line.fired, cut.given()]).toEqual([true, PLACES.slice(0, cut.given().length)]);
      await cut.follower()(lastOf(cut));
      expect([cut.given(), await cut.statuses()]).toEqual([PLACES, STATUSES]);
    }
  });

  it('and comes thrice, late and side by side, is every change once, in order', DRILL, async () => {
    const fired = { deaths: 0, rivals: 0 };
    for (let seed = 1; seed <= runs(); seed += 1) {
      const { stormy, deaths } = await storm(seededRandom(seed));
      expect([stormy.given(), await stormy.statuses()], `seed ${seed}`).toEqual([PLACES, STATUSES]);
      fired.deaths += deaths;
      fired.rivals += stormy.seen.rivals;
    }
    expect(Math.min(fired.deaths, fired.rivals)).toBeGreaterThan(runs());
  });
});

/** Delivers each event three times at once, and again for as long as its process dies or loses a race. */
async function storm(random: () => number) {
  const stormy = await world();
  let deaths = 0;
  /** Others go on while it looks. */
  const slowly: EventLog['load'] = async (id) => {
    for (let turns = random() * 8; turns > 0; turns -= 1) await Promise.resolve();
    return stormy.log.load(id);
  };
  const again = (error: unknown, event: StoredEvent): Promise<void> => {
    const isDeath = error instanceof Died;
    if (isDeath) deaths += 1;
    if (isDeath || (isAppError(error) && error.retryable)) return deliver(event);
    throw error;
  };
  const deliver = (event: StoredEvent): Promise<void> => {
    const line = new FaultLine({ call: 1 + Math.floor(random() * 6), when: random() < 0.5 ? 'before' : 'after' });
    return stormy
      .follower(
        line,
        slowly,
      )(event)
      .catch((error: unknown) => again(error, event));
  };
  const thrice = [...stormy.events, ...stormy.events, ...stormy.events];
  const order = thrice.map((event) => ({ event, place: random() })).sort((a, b) => a.place - b.place);
  await Promise.all(order.map(({ event }) => deliver(event)));
  return { stormy, deaths };
}
