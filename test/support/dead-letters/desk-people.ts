import fc from 'fast-check';
import type { DeadLetterRow } from '../../../functions/contracts/dead-letters.ts';
import { deleteLetter } from '../../../functions/dead-letters/adapters/letter-deletion.ts';
import { redriveLetters } from '../../../functions/dead-letters/adapters/letter-redrive.ts';
import type { RedrivePorts } from '../../../functions/dead-letters/adapters/redrive-order.ts';
import { FaultLine } from '../faults.ts';
import type { DeskWorld } from './desk-world.ts';
import { mortalDesk } from './desk-world.ts';
import { OPERATOR } from './letter-samples.ts';

/** Somebody at the desk, who may die; waits so many turns before each of his calls, and the clock may go on in one of them. */
export interface Somebody {
  does: 'redrive all' | 'redrive one' | 'delete one';
  letter: number;
  dies: { call: number; when: 'before' | 'after' } | undefined;
  turns: number[];
  passes: { call: number; ms: number } | undefined;
}

const perhaps = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });

export const somebody: fc.Arbitrary<Somebody> = fc.record({
  does: fc.constantFrom('redrive all', 'redrive one', 'delete one'),
  letter: fc.nat(3),
  dies: perhaps(fc.record({ call: fc.integer({ min: 1, max: 14 }), when: fc.constantFrom('before', 'after') })),
  turns: fc.array(fc.nat(4), { minLength: 5, maxLength: 5 }),
  passes: perhaps(fc.record({ call: fc.nat(10), ms: fc.constantFrom(1000, 61_000) })),
});

/** Nothing happens to him that could have a letter sent twice. */
export function isCalm({ dies, passes }: Somebody): boolean {
  return dies === undefined && passes === undefined;
}

/** What he does at the desk, whatever comes of it; answers whether he died over it. */
export async function act(desk: DeskWorld, one: Somebody, letters: readonly DeadLetterRow[]): Promise<boolean> {
  const line = new FaultLine(one.dies);
  const ports = mortalDesk(slowly(desk.ports, one, desk.pass), line);
  const by = { ...OPERATOR, requestId: `request-${Math.random()}` };
  const { deadLetterId, fingerprint } = letters[one.letter] as DeadLetterRow;
  const which = one.does === 'redrive all' ? { fingerprint } : { deadLetterIds: [deadLetterId] };
  const order = { ...which, dryRun: false, by, begun: Date.now() };
  const work = one.does === 'delete one' ? deleteLetter(ports, deadLetterId, by) : redriveLetters(ports, order);
  await work.catch(() => undefined);
  return line.fired;
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

function slowly(ports: RedrivePorts, { turns, passes }: Somebody, pass: (ms: number) => void): RedrivePorts {
  let calls = 0;
  const slow = <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) => {
    return async (...args: Args) => {
      for (let left = turns[calls % turns.length] ?? 0; left > 0; left -= 1) await turn();
      if (passes?.call === calls) pass(passes.ms);
      calls += 1;
      return call(...args);
    };
  };
  const { claim, release, close, find, ...rest } = ports.letters;
  const letters = { ...rest, claim: slow(claim), release: slow(release), close: slow(close), find: slow(find) };
  return { ...ports, letters, send: slow(ports.send) };
}
