/** `src/page` of an Express project: which part of a list a request asks for. */
export function page(): string {
  return `/** @import { FieldFault } from './errors.ts' */
import { validationError } from './errors.ts';

const DEFAULT_LIMIT = '20';
const LIMIT = /^(?:[1-9]\\d?|100)$/;
const OFFSET = /^\\d{1,15}$/;

/**
 * @typedef {object} Page
 * @property {number} limit
 * @property {number} offset
 */
‹export interface Page {
  limit: number;
  offset: number;
}
›
/**
 * Reads \`limit\` and \`offset\` from a query string. Throws a 400 that names each one that is not valid.
 *
 * @param {Record<string, unknown>} query
 * @returns {Page}
 */
export function parsePage(query‹: Record<string, unknown>›)‹: Page› {
  const { limit = DEFAULT_LIMIT, offset = '0' } = query;
  /** @type {FieldFault[]} */
  const faults‹: FieldFault[]› = [];
  if (!isText(limit, LIMIT)) faults.push({ field: 'limit', message: 'must be a whole number from 1 to 100' });
  if (!isText(offset, OFFSET)) {
    faults.push({ field: 'offset', message: 'must be a whole number from 0, of at most 15 digits' });
  }
  if (faults.length > 0) throw validationError('The query is not valid.', faults);
  return { limit: Number(limit), offset: Number(offset) };
}

/**
 * A parameter that is given twice arrives as an array, and is refused like any other value that is not a number.
 *
 * @param {unknown} value
 * @param {RegExp} pattern
 */
function isText(value‹: unknown›, pattern‹: RegExp›)‹: boolean› {
  return typeof value === 'string' && pattern.test(value);
}
`;
}
