import type { ResourceName } from '../resource-name.ts';

/** `src/<plural>/<singular>.ts` of the generated project: the resource's shape and the check of what clients send. */
export function resourceModel({ singular, typeName }: ResourceName): string {
  return `import type { FieldFault } from '../errors.ts';
import { validationError } from '../errors.ts';

const MAX_NAME_LENGTH = 100;
const MAX_DESCRIPTION_LENGTH = 1000;

/** The part of ${typeName} that clients decide. To add a field: add it here and in the two parse functions. */
export interface ${typeName}Input {
  name: string;
  description: string | null;
}

export interface ${typeName} extends ${typeName}Input {
  id: string;
  createdAt: string;
  updatedAt: string;
}

/** Checks a whole ${singular} as a client sent it. Throws a 400 that lists every fault, not just the first. */
export function parse${typeName}Input(body: unknown): ${typeName}Input {
  if (!isObject(body)) throw validationError('The body must be a JSON object, sent as application/json.');
  const { name, description, ...others } = body;
  const faults: FieldFault[] = [];
  const input = { name: readName(name, faults), description: readDescription(description, faults) };
  for (const field of Object.keys(others)) faults.push({ field, message: 'is not a known field' });
  if (faults.length > 0) throw validationError('The ${singular} is not valid.', faults);
  return input;
}

/** Checks the fields that a client wants changed; those it leaves out keep their current value. */
export function parse${typeName}Changes(current: ${typeName}Input, body: unknown): ${typeName}Input {
  const { name, description } = current;
  return parse${typeName}Input(isObject(body) ? { name, description, ...body } : body);
}

function readName(value: unknown, faults: FieldFault[]): string {
  const name = typeof value === 'string' ? value.trim() : '';
  if (name === '' || name.length > MAX_NAME_LENGTH) {
    faults.push({ field: 'name', message: \`must be a text of 1 to \${MAX_NAME_LENGTH} characters\` });
  }
  return name;
}

function readDescription(value: unknown, faults: FieldFault[]): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' && value.length <= MAX_DESCRIPTION_LENGTH) return value;
  faults.push({ field: 'description', message: \`must be null or at most \${MAX_DESCRIPTION_LENGTH} characters\` });
  return null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
`;
}
