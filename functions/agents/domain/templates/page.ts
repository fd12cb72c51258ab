/** `src/page.ts` of the generated project: which part of a list a request asks for. */
export function page(): string {
  return `import type { FieldFault } from './errors.ts';
import { validationError } from './errors.ts';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;

export interface Page {
  limit: number;
  offset: number;
}

/** Reads \`limit\` and \`offset\` from a query string. Throws a 400 that names each one that is not valid. */
export function parsePage(query: Record<string, unknown>): Page {
  const { limit = String(DEFAULT_LIMIT), offset = '0' } = query;
  const faults: FieldFault[] = [];
  if (!isWholeNumber(limit, 1, MAX_LIMIT)) {
    faults.push({ field: 'limit', message: \`must be a whole number from 1 to \${MAX_LIMIT}\` });
  }
  if (!isWholeNumber(offset, 0, Number.MAX_SAFE_INTEGER)) {
    faults.push({ field: 'offset', message: 'must be a whole number from 0' });
  }
  if (faults.length > 0) throw validationError('The query is not valid.', faults);
  return { limit: Number(limit), offset: Number(offset) };
}

/** A parameter that is given twice arrives as an array, and is refused like any other value that is not a number. */
function isWholeNumber(value: unknown, min: number, max: number): boolean {
  return typeof value === 'string' && /^\\d+$/.test(value) && Number(value) >= min && Number(value) <= max;
}
`;
}
