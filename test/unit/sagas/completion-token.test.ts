import { createHmac } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completionRoutes } from '../../../functions/contracts/api/completion.ts';
import { completionToken, stepOfToken } from '../../../functions/sagas/adapters/completion-token.ts';
import { HOSTILE_IDS, SAGA_ID } from '../../support/sagas/saga-samples.ts';
import { runs } from '../../support/seeds.ts';

const MASTER = 'the master';
const step = { sagaId: SAGA_ID, stepId: 'flight', run: 1 };
const token = completionToken(MASTER, step);
const stepOf = (text: string) => stepOfToken(MASTER, text);

const stepId = fc.oneof(fc.constantFrom(...HOSTILE_IDS), fc.string({ maxLength: 64, unit: 'grapheme' }));
const anyStep = fc.record({ sagaId: fc.string(), stepId, run: fc.integer({ min: 1 }) }, { noNullPrototype: true });

describe('the token of a step', () => {
  it('leads back to the step, whatever it is called', () =>
    fc.assert(
      fc.property(fc.string(), anyStep, (master, one) => {
        expect(stepOfToken(master, completionToken(master, one))).toEqual(one);
      }),
      { numRuns: runs() },
    ));

  it('is the same however often it is made, and whatever else is known of the step', () => {
    expect(completionToken(MASTER, { ...step, correlationId: 'corr_1' } as typeof step)).toBe(token);
  });

  it.each([
    ['another run', MASTER, { ...step, run: 2 }],
    ['another step', MASTER, { ...step, stepId: 'hotel' }],
    ['another saga', MASTER, { ...step, sagaId: `${SAGA_ID}0` }],
    ['another master', 'a master', step],
  ])('of %s is another', (_, master, one) => {
    expect(completionToken(master, one)).not.toBe(token);
    expect(stepOf(completionToken(master, one))).toEqual(master === MASTER ? one : undefined);
  });

  it('is not shared by two steps whose names make the same text', () =>
    fc.assert(
      fc.property(anyStep, anyStep, (one, other) => {
        fc.pre(JSON.stringify(one) !== JSON.stringify(other));
        expect(completionToken(MASTER, one)).not.toBe(completionToken(MASTER, other));
      }),
      { numRuns: runs() },
    ));

  it('fits into an address, also of the longest step and a late run', () => {
    const longest = completionToken(MASTER, { ...step, stepId: 'x'.repeat(64), run: 1_000_000_000 });
    expect(longest).toMatch(/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{43}$/);
    expect(completionRoutes.completeStep.params.safeParse({ token: longest }).success).toBe(true);
  });
});

describe('what is no token of ours', () => {
  it('is a token of which any character was changed', () => {
    for (let at = 0; at < token.length; at += 1) {
      for (const other of ['A', 'B', '.', '=', ' ', 'é', '\0'].filter((one) => one !== token[at])) {
        expect([at, other, stepOf(`${token.slice(0, at)}${other}${token.slice(at + 1)}`)]).toEqual([
          at,
          other,
          undefined,
        ]);
      }
    }
  });

  it('is a token that was cut, or made longer', () => {
    for (let at = 0; at < token.length; at += 1) {
      expect([at, stepOf(token.slice(0, at)), stepOf(token.slice(at + 1))]).toEqual([at, undefined, undefined]);
    }
    for (const more of ['A', '=', '.', '.A', ' ', '\n', `.${token}`]) {
      expect([more, stepOf(`${token}${more}`), stepOf(`${more}${token}`)]).toEqual([more, undefined, undefined]);
    }
  });

  it('is the name of one step with the proof of another', () => {
    const [name] = completionToken(MASTER, { ...step, run: 2 }).split('.');
    expect(stepOf(`${name}.${token.split('.')[1]}`)).toBeUndefined();
  });

  it('is a name that the master signs for something else', () => {
    const [name = ''] = token.split('.');
    for (const signed of [name, `saga-completion${name}`, JSON.stringify([name])]) {
      expect(stepOf(`${name}.${createHmac('sha256', MASTER).update(signed).digest('base64url')}`)).toBeUndefined();
    }
  });

  it('is any other text', () =>
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'grapheme' }), fc.base64String()), fc.string(), (one, other) => {
        expect([stepOf(one), stepOf(`${one}.${other}`)]).toEqual([undefined, undefined]);
      }),
      { numRuns: runs() },
    ));
});
