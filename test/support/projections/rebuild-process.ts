import type { Tally } from '../delivery/tally.ts';
import type { VirtualClock } from '../delivery/virtual-clock.ts';
import { mortal } from '../publisher/mortal.ts';
import type { Around } from '../publisher/sweep-world.ts';

/** Something that runs: each call of a port takes its time, so that all others may come in between, and at one it may die. */
export interface Process {
  around: Around;
  /** Each call from here on takes up to so many ms. */
  most: number;
  /** Its execution was cut off, and it goes on. */
  isZombie: boolean;
  isDead(): boolean;
}

/** Where processes run: on one clock, and by one seed. */
interface Surroundings {
  clock: Pick<VirtualClock, 'sleep'>;
  tally: Pick<Tally, 'add'>;
  /** 0 to 1. */
  random(): number;
  chance(probability: number): boolean;
  whole(from: number, to: number): number;
}

/** Most processes are quick; beside a slow one a whole rebuild may pass. */
function paceOf(world: Surroundings): number {
  const kind = world.random();
  if (kind < 0.8) return 20;
  return kind < 0.95 ? 200 : 1500;
}

export function newProcess(world: Surroundings, deaths: number): Process {
  const when = world.chance(0.5) ? 'before' : 'after';
  const call = world.chance(0.5) ? world.whole(1, 8) : world.whole(1, 60);
  const life = mortal(world.chance(deaths) ? { how: 'dies', call, when } : undefined);
  const process: Process = { around, most: paceOf(world), isZombie: false, isDead: life.isDead };
  let isCounted = false;
  function around<T>(effect: () => Promise<T>): Promise<T> {
    return life
      .around(async () => {
        await world.clock.sleep(world.whole(0, process.most));
        const result = await effect();
        if (process.isZombie) world.tally.add('a zombie works on');
        return result;
      })
      .finally(() => {
        if (!isCounted && life.isDead()) world.tally.add(`killed ${when} an effect`);
        isCounted ||= life.isDead();
      });
  }
  return process;
}

/** The same port, with something around each of its calls. */
export function through<Port extends object>(port: Port, around: Around): Port {
  const calls = Object.entries(port).map(([name, call]) => [
    name,
    (...args: unknown[]) => around(() => (call as (...args: unknown[]) => Promise<unknown>)(...args)),
  ]);
  return Object.fromEntries(calls) as Port;
}
