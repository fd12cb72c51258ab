import type { StepKey, StepTokens } from '../../../functions/shared/platform/sagas/step-tokens.ts';

/** The tokens of steps in memory, for tests. */
export function memoryStepTokens(): StepTokens {
  const tokens = new Map<string, { token: string; later: boolean }>();
  const nameOf = ({ sagaId, stepId }: StepKey) => `${sagaId}/${stepId}`;
  return {
    async put(step, token) {
      tokens.set(nameOf(step), { token, later: false });
    },
    async markLater(step) {
      const stored = tokens.get(nameOf(step));
      if (stored === undefined) throw new Error('A token is stored before its step runs.');
      tokens.set(nameOf(step), { ...stored, later: true });
    },
    get: async (step) => tokens.get(nameOf(step)),
  };
}
