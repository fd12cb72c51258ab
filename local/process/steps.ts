import { Interrupted } from './command.ts';
import { Abandoned } from './together.ts';

const REDRAW_MS = 500;

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

/**
 * Shows what is going on, step by step, with times. Steps may overlap. A terminal gets one line that is drawn over for
 * the running ones; anything else gets a line at the start and one at the end of each.
 */
export class Steps {
  readonly #running = new Map<string, number>();
  readonly #out: NodeJS.WriteStream;

  constructor(out: NodeJS.WriteStream = process.stdout) {
    this.#out = out;
  }

  /** Does the work under this title. Whatever it throws comes through, after the step was shown as failed. */
  async run<T>(title: string, work: () => Promise<T>): Promise<T> {
    const started = performance.now();
    this.#running.set(title, started);
    if (!this.#out.isTTY) this.#out.write(`  … ${title}\n`);
    const ticking = this.#out.isTTY ? setInterval(() => this.#draw(), REDRAW_MS) : undefined;
    this.#draw();
    try {
      const result = await work();
      this.#end('✓', title, started);
      return result;
    } catch (error) {
      const givenUp = error instanceof Interrupted || error instanceof Abandoned;
      this.#end(givenUp ? '–' : '✗', title, started);
      throw error;
    } finally {
      clearInterval(ticking);
    }
  }

  #draw(): void {
    if (!this.#out.isTTY) return;
    const running = [...this.#running].map(([title, started]) => `${title}  ${seconds(started)}`);
    const line = running.length === 0 ? '' : `  … ${running.join(' · ')}`;
    this.#out.write(`\r\u001b[K${line.slice(0, Math.max(0, this.#out.columns - 1))}`);
  }

  #end(mark: string, title: string, started: number): void {
    this.#running.delete(title);
    if (this.#out.isTTY) this.#out.write('\r\u001b[K');
    this.#out.write(`  ${mark} ${title}  ${seconds(started)}\n`);
    this.#draw();
  }
}
