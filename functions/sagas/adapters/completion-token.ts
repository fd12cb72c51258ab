import { createHmac, timingSafeEqual } from 'node:crypto';
import type { StepKey } from '../../shared/platform/sagas/step-tokens.ts';

/**
 * The token under which a step's service brings its result later: the step's name and a proof of it that only the master leads to. So the
 * same step of the same run has the same token however often it is called, and nothing of it is stored.
 */
export function completionToken(master: string, { sagaId, stepId, run }: StepKey): string {
  const name = Buffer.from(JSON.stringify([sagaId, stepId, run])).toString('base64url');
  return `${name}.${proofOf(master, name)}`;
}

/** Whose token it is; `undefined` for what was never one of ours. */
export function stepOfToken(master: string, token: string): StepKey | undefined {
  const [name = '', proof = '', ...rest] = token.split('.');
  if (rest.length > 0 || !isEqual(proof, proofOf(master, name))) return undefined;
  const [sagaId, stepId, run] = JSON.parse(Buffer.from(name, 'base64url').toString()) as [string, string, number];
  return { sagaId, stepId, run };
}

/** With a word of its own, so that no other use of the master gives the same. */
function proofOf(master: string, name: string): string {
  return createHmac('sha256', master)
    .update(JSON.stringify(['saga-completion', name]))
    .digest('base64url');
}

/** Takes as long for every text, so that no proof can be guessed piece by piece. */
function isEqual(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => Buffer.from(text));
  return a !== undefined && b !== undefined && a.length === b.length && timingSafeEqual(a, b);
}
