import type { ResourceName } from '../resource-name.ts';

/** `src/<plural>/<singular>-store.ts` of the generated project. */
export function resourceStore({ singular, plural, typeName }: ResourceName): string {
  return `import { randomUUID } from 'node:crypto';
import type { Page } from '../page.ts';
import type { ${typeName}, ${typeName}Input } from './${singular}.ts';

/** Keeps the ${plural} in memory, oldest first: they are gone when the process ends. */
export class ${typeName}Store {
  readonly #byId = new Map<string, ${typeName}>();

  list({ limit, offset }: Page): { items: ${typeName}[]; total: number } {
    const all = [...this.#byId.values()];
    return { items: all.slice(offset, offset + limit), total: all.length };
  }

  find(id: string): ${typeName} | undefined {
    return this.#byId.get(id);
  }

  create(input: ${typeName}Input): ${typeName} {
    const now = new Date().toISOString();
    return this.#keep({ id: randomUUID(), ...input, createdAt: now, updatedAt: now });
  }

  /** Replaces what the client decides. Answers undefined where there is nothing to replace. */
  update(id: string, input: ${typeName}Input): ${typeName} | undefined {
    const current = this.#byId.get(id);
    return current && this.#keep({ ...current, ...input, updatedAt: new Date().toISOString() });
  }

  /** Answers what was removed, or undefined where there was nothing. */
  remove(id: string): ${typeName} | undefined {
    const current = this.#byId.get(id);
    this.#byId.delete(id);
    return current;
  }

  #keep(entry: ${typeName}): ${typeName} {
    this.#byId.set(entry.id, entry);
    return entry;
  }
}
`;
}
