/** The agents that come with the product, and the task types that each takes. */
export const BUILT_IN_AGENTS = {
  scaffold: ['code_generation', 'simple_task'],
} as const;

/** The one that makes projects and reports from templates. */
export const SCAFFOLD = 'scaffold';

/** Stands where other agents have the id of the API key that registered them. No key has this id. */
export const BUILT_IN_KEY = 'built-in';
