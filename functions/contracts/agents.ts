/** The agents that come with the product, and the task types that each takes. */
export const BUILT_IN_AGENTS = {
  scaffold: ['code_generation', 'simple_task'],
} as const;
