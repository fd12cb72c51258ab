import type { ResourceName } from '../../resource-name.ts';

/** `src/<plural>/<singular>-input` of an Express project: the check of what clients send. */
export function resourceInput({ singular, typeName }: ResourceName): string {
  return `/** @import { FieldFault } from '../errors.ts' */
import { validationError } from '../errors.ts';

/** @import { ${typeName}Input } from './${singular}-store.ts' */

const MAX_NAME_LENGTH = 100;
const MAX_DESCRIPTION_LENGTH = 1000;

/**
 * Checks a whole ${singular} as a client sent it. Throws a 400 that lists every fault, not just the first.
 *
 * @param {unknown} body
 * @returns {${typeName}Input}
 */
export function parse${typeName}Input(body‹: unknown›)‹: ${typeName}Input› {
  if (!isObject(body)) throw validationError('The body must be a JSON object, sent as application/json.');
  const { name, description, ...others } = body;
  /** @type {FieldFault[]} */
  const faults‹: FieldFault[]› = [];
  const input = { name: readName(name, faults), description: readDescription(description, faults) };
  for (const field of Object.keys(others)) faults.push({ field, message: 'is not a known field' });
  if (faults.length > 0) throw validationError('The body is not valid.', faults);
  return input;
}

/**
 * Checks the fields that a client wants changed; those it leaves out keep their current value. The body is checked even
 * where there is nothing to change, so that a fault in it is told first, as PUT does.
 *
 * @param {${typeName}Input | undefined} current
 * @param {unknown} body
 * @returns {${typeName}Input}
 */
export function parse${typeName}Changes(current‹: ${typeName}Input | undefined›, body‹: unknown›)‹: ${typeName}Input› {
  const { name, description } = current ?? { name: 'Nothing', description: null };
  return parse${typeName}Input(isObject(body) ? { name, description, ...body } : body);
}

/**
 * @param {unknown} value
 * @param {FieldFault[]} faults
 */
function readName(value‹: unknown›, faults‹: FieldFault[]›)‹: string› {
  if (isText(value, MAX_NAME_LENGTH) && value.trim() !== '') return value.trim();
  faults.push({ field: 'name', message: \`must be a text of 1 to \${MAX_NAME_LENGTH} characters\` });
  return '';
}

/**
 * @param {unknown} value
 * @param {FieldFault[]} faults
 */
function readDescription(value‹: unknown›, faults‹: FieldFault[]›)‹: string | null› {
  if (value === undefined || value === null) return null;
  if (isText(value, MAX_DESCRIPTION_LENGTH)) return value;
  faults.push({ field: 'description', message: \`must be null or at most \${MAX_DESCRIPTION_LENGTH} characters\` });
  return null;
}

/**
 * Counts characters, not UTF-16 units, of which an emoji has two.
 *
 * @param {unknown} value
 * @param {number} maxLength
 * @returns {value is string}
 */
function isText(value‹: unknown›, maxLength‹: number›)‹: value is string› {
  return typeof value === 'string' && [...value].length <= maxLength;
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
function isObject(value‹: unknown›)‹: value is Record<string, unknown>› {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
`;
}
