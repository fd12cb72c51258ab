import type { AgentState } from '../../../functions/agents/adapters/agent-state.ts';
import type { Stores } from './memory-agent-world.ts';

/** Where the process dies: at its n-th write, of which the stores have heard already, or not yet. */
export interface CrashPoint {
  write: number;
  when: 'before' | 'after';
}

export class Crash extends Error {}

type Async = (...args: never[]) => Promise<unknown>;

const WRITES = [
  'saveAgent',
  'seeAgent',
  'enqueue',
  'dequeue',
  'openLease',
  'prolong',
  'markLost',
  'closeLease',
] as const;

/** Stores over which a process dies at one of its writes. Nothing gets through afterwards: it is dead. */
export function crashingStores({ log, state, wake }: Stores, { write, when }: CrashPoint) {
  let writes = 0;
  let fired = false;
  const crash = (): never => {
    fired = true;
    throw new Crash('The process died.');
  };
  const crashing = <Write extends Async>(run: Write): Write =>
    (async (...args: never[]) => {
      if (fired) return crash();
      writes += 1;
      if (writes === write && when === 'before') return crash();
      const outcome = await run(...args);
      return writes === write ? crash() : outcome;
    }) as Write;
  const written = Object.fromEntries(WRITES.map((name) => [name, crashing(state[name] as Async)]));
  const stores: Stores = {
    log: { load: log.load, append: crashing(log.append) },
    state: { ...state, ...written } as AgentState,
    wake: crashing(wake),
  };
  return { stores, fired: () => fired };
}
