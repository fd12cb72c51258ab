import type { RebuildWorld } from './rebuild-world.ts';

/** Asks for rows as readers do, and holds what they get against all that was told before they asked. */
export class RebuildReaders {
  readonly #world: RebuildWorld;
  /** The highest version of each row that somebody was told. */
  readonly #told = new Map<string, number>();
  checks = 0;

  constructor(world: RebuildWorld) {
    this.#world = world;
  }

  async read(times: number): Promise<void> {
    const world = this.#world;
    for (let time = 0; time < times; time += 1) {
      await world.clock.sleep(world.whole(0, 150));
      await this.#once();
    }
  }

  /** A page of rows, in the generation that the pointer named. */
  async #once(): Promise<void> {
    const world = this.#world;
    const { ports } = world.process('read');
    const told = new Map(this.#told);
    const { state } = await ports.store.read(world.name);
    const rows = ports.rowsOf(world.name, state.generation);
    const ids = world.aggregates().filter(() => world.chance(0.2));
    const seen = await Promise.all(ids.map(async (id) => [id, (await rows.get(id))?.version ?? 0] as const));
    for (const [id, version] of seen) this.#compare(id, version, told.get(id) ?? 0);
  }

  #compare(id: string, version: number, before: number): void {
    this.checks += 1;
    if (version < before)
      this.#world.violations.push(`a reader saw ${id} at ${before}, and later one saw it at ${version}`);
    this.#told.set(id, Math.max(version, this.#told.get(id) ?? 0));
  }
}
