import { Died } from '../faults.ts';
import type { Around } from './sweep-world.ts';

/** A process over whose ports something goes wrong, once. */
export interface Fate {
  /** `dies`: nothing gets through any more. `errs`: one call fails, and the process goes on. */
  how: 'dies' | 'errs';
  /** Of which call, from 1. */
  call: number;
  /** Before the effect, or when nobody hears of it any more. */
  when: 'before' | 'after';
}

/** Without a fate it only counts. */
export function mortal(fate?: Fate): { around: Around; calls(): number; fired(): boolean; isDead(): boolean } {
  let calls = 0;
  let fired = false;
  let dead = false;
  const strike = (error: Error): never => {
    fired = true;
    dead = fate?.how === 'dies';
    throw error;
  };
  const around: Around = async (call) => {
    if (dead) throw new Died('long dead');
    calls += 1;
    const when = calls === fate?.call ? fate.when : undefined;
    if (when === 'before') strike(new Died('before a call'));
    const result = await call();
    if (dead) throw new Died('dead meanwhile');
    return when === 'after' ? strike(new Died('after a call')) : result;
  };
  return { around, calls: () => calls, fired: () => fired, isDead: () => dead };
}
