import { describe, expect, it } from 'vitest';
import type { NewEvent } from '../../../functions/shared/kernel/decider.ts';
import { accept, eventContract, refuse } from '../../../functions/shared/kernel/decider.ts';

interface Opened extends NewEvent {
  type: 'Opened';
  data: { by: string };
}
interface Closed extends NewEvent {
  type: 'Closed';
  data: Record<string, never>;
}

describe('an event contract', () => {
  const contract = eventContract<Opened | Closed>({ Opened: true, Closed: true });

  it('reads the names that it has', () => {
    const opened = { type: 'Opened', data: { by: 'me' } };
    expect(contract.read(opened)).toBe(opened);
  });

  it.each(['Opene', 'opened', '', 'toString', '__proto__', 'constructor'])('refuses the unknown name "%s"', (type) => {
    expect(() => contract.read({ type, data: {} })).toThrow(`No aggregate knows the event ${type}.`);
  });

  it('does not compile without every name of its union, nor with another', () => {
    // @ts-expect-error Closed is forgotten
    expect(eventContract<Opened | Closed>({ Opened: true })).toBeDefined();
    // @ts-expect-error Renamed is none of the union's
    expect(eventContract<Opened>({ Opened: true, Renamed: true })).toBeDefined();
  });
});

describe('a decision', () => {
  it('is a value, accepted with its events or refused with a code', () => {
    expect(accept('a', 'b')).toEqual({ ok: true, events: ['a', 'b'] });
    expect(refuse('CONFLICT', 'No.')).toEqual({ ok: false, refusal: { code: 'CONFLICT', message: 'No.' } });
  });
});
