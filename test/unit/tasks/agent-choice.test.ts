import { describe, expect, it } from 'vitest';
import { BUILT_IN_AGENTS } from '../../../functions/contracts/agents.ts';
import { agentFor } from '../../../functions/tasks/domain/agent-choice.ts';

describe('the built-in agent for a task', () => {
  it.each(Object.entries(BUILT_IN_AGENTS).flatMap(([agent, types]) => types.map((type) => ({ agent, type }))))(
    '$type is taken by $agent',
    ({ agent, type }) => {
      expect(agentFor(type)).toBe(agent);
    },
  );

  it.each(['', 'poetry', 'Code_Generation', 'code_generation ', 'toString', '__proto__'])(
    'nobody takes "%s"',
    (type) => {
      expect(agentFor(type)).toBeUndefined();
    },
  );
});
