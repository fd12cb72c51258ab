import type { ResourceName } from '../resource-name.ts';

/** `src/<plural>/<singular>-store` of the generated project: the resource's shape and where it is kept. */
export function resourceStore({ singular, plural, typeName }: ResourceName): string {
  return `import { randomUUID } from 'node:crypto';

/** @import { Page } from '../page.ts' */

/**
 * The part of each ${singular} that clients decide.
 *
 * @typedef {object} ${typeName}Input
 * @property {string} name
 * @property {string | null} description
 */
‹export interface ${typeName}Input {
  name: string;
  description: string | null;
}
›
/** @typedef {${typeName}Input & { id: string, createdAt: string, updatedAt: string }} ${typeName} */
‹export interface ${typeName} extends ${typeName}Input {
  id: string;
  createdAt: string;
  updatedAt: string;
}
›
/** Keeps the ${plural} in memory, oldest first: they are gone when the process ends. */
export class ${typeName}Store {
  /** @type {Map<string, ${typeName}>} */
  ‹readonly ›#byId = new Map‹<string, ${typeName}>›();

  /**
   * @param {Page} page
   * @returns {{ items: ${typeName}[], total: number }}
   */
  list({ limit, offset }‹: Page›)‹: { items: ${typeName}[]; total: number }› {
    const all = [...this.#byId.values()];
    return { items: all.slice(offset, offset + limit), total: all.length };
  }

  /**
   * @param {string} id
   * @returns {${typeName} | undefined}
   */
  find(id‹: string›)‹: ${typeName} | undefined› {
    return this.#byId.get(id);
  }

  /**
   * @param {${typeName}Input} input
   * @returns {${typeName}}
   */
  create(input‹: ${typeName}Input›)‹: ${typeName}› {
    const now = new Date().toISOString();
    return this.#keep({ id: randomUUID(), ...input, createdAt: now, updatedAt: now });
  }

  /**
   * Replaces what the client decides. Answers undefined where there is nothing to replace.
   *
   * @param {string} id
   * @param {${typeName}Input} input
   * @returns {${typeName} | undefined}
   */
  update(id‹: string›, input‹: ${typeName}Input›)‹: ${typeName} | undefined› {
    const current = this.#byId.get(id);
    return current && this.#keep({ ...current, ...input, updatedAt: new Date().toISOString() });
  }

  /**
   * Answers what was removed, or undefined where there was nothing.
   *
   * @param {string} id
   * @returns {${typeName} | undefined}
   */
  remove(id‹: string›)‹: ${typeName} | undefined› {
    const current = this.#byId.get(id);
    this.#byId.delete(id);
    return current;
  }

  /**
   * @param {${typeName}} entry
   * @returns {${typeName}}
   */
  #keep(entry‹: ${typeName}›)‹: ${typeName}› {
    this.#byId.set(entry.id, entry);
    return entry;
  }
}
`;
}
