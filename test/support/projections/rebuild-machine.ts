import { changeState } from '../../../functions/projections/adapters/projection-store.ts';
import type { RebuildPorts, Target } from '../../../functions/projections/adapters/rebuild.ts';
import { fillSegment } from '../../../functions/projections/adapters/rebuild.ts';
import { assertComplete, switchToRebuilt } from '../../../functions/projections/adapters/rebuild-end.ts';
import { beginRebuild, runAgain } from '../../../functions/projections/domain/projection-changes.ts';
import { sideBySide } from '../../../functions/shared/platform/side-by-side.ts';
import { Died } from '../faults.ts';
import type { Process } from './rebuild-process.ts';
import type { RebuildWorld } from './rebuild-world.ts';
import { SEGMENTS } from './rebuild-world.ts';

/** As state-machines/rebuild-projection.asl.json has it. */
const AT_ONCE = 4;

/** Where executions are cut off, in segments that are filled. */
const CUTS = { 4: '25 %', 8: '50 %', 12: '75 %' } as const;

interface Execution {
  isCut: boolean;
  filled: number;
  /** At what it ends too early. */
  cutAt: number | undefined;
  running: Set<Process>;
}

/** Plays the machine that rebuilds a projection, and the keeper that starts it again where it was cut off. */
export class RebuildMachine {
  readonly #world: RebuildWorld;
  /** Pages that may have been read in vain: their worker died, or another one kept its place first. */
  lostPages = 0;
  /** The length of the log when each generation was begun. */
  readonly begunAt = new Map<number, number>();

  constructor(world: RebuildWorld) {
    this.#world = world;
  }

  /** From its beginning to its switch. Answers what was filled. */
  async rebuild(): Promise<number> {
    const target = await this.#begin();
    while (!(await this.#execute(target))) {
      await this.#world.clock.sleep(this.#world.whole(0, 300));
      const { state } = await this.#world.store.read(this.#world.name);
      if (state.rebuild === undefined) throw new Error('Nobody else ends it.');
      await changeState(this.#world.store, this.#world.name, runAgain(state.rebuild));
    }
    return target.generation;
  }

  /** Two ask for it at once. */
  async #begin(): Promise<Target> {
    const { name, now, tally } = this.#world;
    const begun = await Promise.all(
      [1, 2].map(() => changeState(this.#world.process('read').ports.store, name, beginRebuild(now()))),
    );
    const [state, ...others] = begun.filter((one) => one !== undefined);
    if (state?.rebuild === undefined || others.length > 0) throw new Error('One of two is to begin it.');
    tally.add('a second rebuild is refused');
    this.begunAt.set(state.rebuild.generation, this.#world.ordered.commits.length);
    return { projection: name, generation: state.rebuild.generation };
  }

  /** `false`: it was cut off. */
  async #execute(target: Target): Promise<boolean> {
    const isCut = this.#world.chance(this.#world.of.weather.cuts);
    const cutAt = isCut ? Number(this.#world.oneOf(Object.keys(CUTS))) : undefined;
    const execution: Execution = { isCut: false, filled: 0, cutAt, running: new Set() };
    await new Promise<void>((resolve, reject) => {
      sideBySide(SEGMENTS, AT_ONCE, (segment) => this.#fill(target, segment, execution, resolve)).then(resolve, reject);
    });
    if (execution.isCut) return false;
    await this.#step((ports) => assertComplete(ports, target));
    await this.#step((ports) => switchToRebuilt(ports, target));
    return true;
  }

  async #fill(target: Target, segment: number, execution: Execution, cutOff: () => void): Promise<void> {
    while (!execution.isCut && !(await this.#call(target, segment, execution)));
    execution.filled += 1;
    if (execution.isCut || execution.filled !== execution.cutAt) return;
    execution.isCut = true;
    this.#world.tally.add(`cut off at ${CUTS[execution.cutAt as keyof typeof CUTS]}`);
    // Who still works goes on beside the next execution, for longer than that one takes, maybe.
    for (const process of execution.running)
      Object.assign(process, { isZombie: true, most: this.#world.oneOf([20, 300, 3000]) });
    cutOff();
  }

  /** One call of the function. Answers whether the segment is filled. */
  async #call(target: Target, segment: number, execution: Execution): Promise<boolean> {
    const process = this.#world.process('fill');
    const { segments } = process.ports;
    const save: typeof segments.save = async (...kept) => {
      const isSaved = await segments.save(...kept);
      if (!isSaved) this.lostPages += 1;
      return isSaved;
    };
    const ports = { ...process.ports, segments: { ...segments, save } };
    execution.running.add(process);
    const isTimeUp = () => this.#world.chance(0.3);
    try {
      return await fillSegment(ports, target, segment, isTimeUp);
    } catch (error) {
      this.lostPages += 1;
      return this.#failed(error, execution);
    } finally {
      execution.running.delete(process);
    }
  }

  #failed(error: unknown, execution: Execution): boolean {
    if (error instanceof Died) return false;
    const message = String(error);
    if (message.includes('kept changing')) this.#world.tally.add('a row kept changing');
    else if (execution.isCut && message.includes('is over')) this.#world.tally.add('a zombie is refused');
    else {
      this.#world.violations.push(message);
      throw error;
    }
    return false;
  }

  async #step(step: (ports: RebuildPorts) => Promise<void>): Promise<void> {
    for (;;) {
      try {
        return await step(this.#world.process('fill').ports);
      } catch (error) {
        if (!(error instanceof Died)) throw error;
      }
    }
  }
}
