import type { StepKey, StepTokens } from '../../../functions/shared/platform/sagas/step-tokens.ts';

/** The tokens of steps in memory, for tests. */
export function memoryStepTokens(): StepTokens {
  const tokens = new Map<string, { token: string; later: boolean; deferred: boolean }>();
  const nameOf = ({ sagaId, stepId, run }: StepKey) => `${sagaId}/${stepId}/${run}`;
  const mark = (step: StepKey, change: { later?: boolean; deferred?: boolean }) => {
    const stored = tokens.get(nameOf(step));
    if (stored === undefined) throw new Error('A token is stored before its step runs.');
    tokens.set(nameOf(step), { ...stored, ...change });
  };
  return {
    async put(step, token) {
      const deferred = tokens.get(nameOf(step))?.deferred ?? false;
      tokens.set(nameOf(step), { token, later: false, deferred: false });
      return { deferred };
    },
    markDeferred: async (step) => mark(step, { deferred: true }),
    markLater: async (step) => mark(step, { later: true }),
    get: async (step) => {
      const stored = tokens.get(nameOf(step));
      return stored && { token: stored.token, later: stored.later };
    },
  };
}
