import type { ResourceName } from '../../resource-name.ts';

/** `src/<plural>/<singular>-input` of a Fastify project: the schemas of what clients send. */
export function resourceInput({ singular, typeName }: ResourceName): string {
  return `/** @import { ${typeName}Input } from './${singular}-store.ts' */

const properties = {
  name: { type: 'string', maxLength: 100, pattern: '\\\\S', description: 'a text of 1 to 100 characters' },
  description: { type: ['string', 'null'], maxLength: 1000, description: 'null or at most 1000 characters' },
};

/** The JSON Schema of the fields that a client wants changed. A \`description\` ends the sentence "must be ...". */
export const changesSchema = { type: 'object', properties, additionalProperties: false };

/** The JSON Schema of a whole ${singular} as a client sends it. */
export const wholeSchema = { ...changesSchema, required: ['name'] };

/**
 * Reads a body that \`wholeSchema\` has let through.
 *
 * @param {unknown} body
 * @returns {${typeName}Input}
 */
export function toInput(body‹: unknown›)‹: ${typeName}Input› {
  const { name, description = null } = /** @type {${typeName}Input} */ (body);
  return { name: name.trim(), description };
}

/**
 * Reads a body that \`changesSchema\` has let through. The fields that it leaves out keep their current value.
 *
 * @param {${typeName}Input} current
 * @param {unknown} body
 */
export function toChanged(current‹: ${typeName}Input›, body‹: unknown›)‹: ${typeName}Input› {
  const changes = /** @type {Partial<${typeName}Input>} */ (body);
  return toInput({ ...current, ...changes });
}
`;
}
