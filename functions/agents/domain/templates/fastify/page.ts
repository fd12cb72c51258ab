/** `src/page` of a Fastify project: which part of a list a request asks for. */
export function page(): string {
  return `/**
 * @typedef {object} Page
 * @property {number} limit
 * @property {number} offset
 */
‹export interface Page {
  limit: number;
  offset: number;
}
›
const limit = {
  type: 'string',
  pattern: '^(?:[1-9]\\\\d?|100)$',
  default: '20',
  description: 'a whole number from 1 to 100',
};
const offset = {
  type: 'string',
  pattern: '^\\\\d{1,15}$',
  default: '0',
  description: 'a whole number from 0, of at most 15 digits',
};

/** The JSON Schema of a query string. A \`description\` ends the sentence "must be ...". */
export const pageSchema = { type: 'object', properties: { limit, offset } };

/**
 * Reads a query string that \`pageSchema\` has let through.
 *
 * @param {unknown} query
 * @returns {Page}
 */
export function toPage(query‹: unknown›)‹: Page› {
  const { limit, offset } = /** @type {Record<keyof Page, string>} */ (query);
  return { limit: Number(limit), offset: Number(offset) };
}
`;
}
